import { constants, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClockPort, LedBlink, LedColour, LedPort } from '@ewon-agent/contracts';

/** A two-colour LED as Linux shows it: one directory per colour below `/sys/class/leds`; orange is both. */
export type LedPlaces = { readonly dir: string; readonly green: string; readonly red: string };

/** The kernel takes what is above `max_brightness` for just that (led_set_brightness); 1 of 255 would look dark. */
const FULL = '255';

/** The kernel makes the delays when the trigger becomes `timer`, root's at first; udev gives them to us within some 20 ms. */
const GIVEN_WITHIN_MS = 250;
const LOOK_EVERY_MS = 5;

const LIT: Record<LedColour, { readonly green: boolean; readonly red: boolean }> = {
  off: { green: false, red: false },
  green: { green: true, red: false },
  orange: { green: true, red: true },
  red: { green: false, red: true },
};

/**
 * Shows patterns through the kernel's LED class: the `timer` trigger blinks by itself, so a busy or stopped agent
 * does not change what is seen. A board without these files shows nothing.
 * Source: Linux Documentation/leds/leds-class.rst; `delay_on` and `delay_off` exist once the trigger is `timer`.
 */
export function createSysfsLed({ dir, green, red }: LedPlaces, clock: Pick<ClockPort, 'after' | 'monotonic'>): LedPort {
  let shown: LedBlink | undefined;
  let last: Promise<void> = Promise.resolve();

  async function set(name: string, isLit: boolean, blink: LedBlink): Promise<void> {
    const at = (file: string) => join(dir, name, file);
    if (!existsSync(join(dir, name))) return;
    const blinks = isLit && blink.onMs > 0;
    await writeFile(at('trigger'), blinks ? 'timer' : 'none');
    if (blinks) {
      await writeOnceGiven(at('delay_on'), String(blink.onMs));
      await writeOnceGiven(at('delay_off'), String(blink.offMs));
    }
    await writeFile(at('brightness'), isLit ? FULL : '0');
  }

  async function writeOnceGiven(file: string, text: string): Promise<void> {
    const endMs = clock.monotonic() + GIVEN_WITHIN_MS;
    for (;;) {
      try {
        return await writeFile(file, text, { flag: constants.O_WRONLY | constants.O_TRUNC }); // only the kernel makes files here
      } catch (cause) {
        if (!isNotGivenYet(cause) || clock.monotonic() > endMs) throw cause;
      }
      await new Promise<void>((done) => clock.after(LOOK_EVERY_MS, done));
    }
  }

  async function change(blink: LedBlink): Promise<void> {
    if (shown && shown.colour === blink.colour && shown.onMs === blink.onMs && shown.offMs === blink.offMs) return;
    shown = blink;
    const lit = LIT[blink.colour];
    try {
      await set(red, lit.red, blink);
      await set(green, lit.green, blink);
    } catch {
      shown = undefined; // a LED that cannot be written is not worth stopping for; the next pattern tries again
    }
  }

  return {
    show(blink) {
      last = last.then(() => change(blink)); // two patterns at once would mix their files
      return last;
    },
  };
}

function isNotGivenYet(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'EACCES' || cause.code === 'ENOENT');
}
