import { LED, type LedBlink, type LedColour } from '@ewon-agent/contracts';

// A LED as Linux shows one below /sys/class/leds (Documentation/ABI/testing/sysfs-class-led and
// sysfs-class-led-trigger-timer), computed from what was written to its files, in the order it was written.

export const LED_FILES = ['brightness', 'trigger', 'delay_on', 'delay_off'] as const;
export type LedFile = (typeof LED_FILES)[number];

/** Invariant: with the trigger `none` the delays mean nothing and are 0. */
export type SysfsLed = {
  readonly brightness: number;
  readonly trigger: 'none' | 'timer';
  readonly onMs: number;
  readonly offMs: number;
};

export const DARK_LED: SysfsLed = { brightness: 0, trigger: 'none', onMs: 0, offMs: 0 };
/** What the files of a dark LED hold. */
export const DARK_LED_FILES: Record<LedFile, string> = {
  brightness: '0',
  trigger: 'none',
  delay_on: '0',
  delay_off: '0',
};

/**
 * Computes what a LED does after a file was written, as the kernel does: a new trigger begins at 500/500 ms, brightness 0
 * takes the trigger away, taking the trigger away leaves the LED dark, delays without the timer do nothing.
 * @param text what the file holds; an empty file is one between truncation and writing, and changes nothing
 */
export function ledWritten(led: SysfsLed, file: LedFile, text: string): SysfsLed {
  const value = text.trim();
  if (file === 'trigger') {
    if (value === 'timer') return { brightness: led.brightness || 255, trigger: 'timer', onMs: 500, offMs: 500 };
    return value === 'none' && led.trigger !== 'none' ? DARK_LED : led;
  }
  if (!/^\d{1,9}$/.test(value)) return led;
  const number = Number(value);
  if (file === 'brightness') return number === 0 ? DARK_LED : { ...led, brightness: number };
  if (led.trigger !== 'timer') return led;
  return file === 'delay_on' ? { ...led, onMs: number } : { ...led, offMs: number };
}

/** What a person sees of a green and a red LED in one lens: both lit look orange. */
export function blinkOf(green: SysfsLed, red: SysfsLed): LedBlink {
  const lit = [green, red].filter((led) => led.brightness > 0);
  const blinking = lit.find((led) => led.trigger === 'timer');
  if (lit.length === 0) return LED.off;
  const colour: LedColour = lit.length === 2 ? 'orange' : lit[0] === green ? 'green' : 'red';
  return { colour, onMs: blinking?.onMs ?? 0, offMs: blinking?.offMs ?? 0 };
}
