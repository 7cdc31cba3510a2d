import type { LedBlink } from '../led.ts';

/**
 * The USR LED. Obligations: `show` takes effect before it resolves and lasts until the next `show`, also when
 * this program ends; showing the same again does not restart the blinking; it never throws (a board without a LED shows nothing).
 */
export type LedPort = { show(blink: LedBlink): Promise<void> };
