import { watch } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedBlink } from '@ewon-agent/contracts';
import {
  blinkOf,
  DARK_LED,
  DARK_LED_FILES,
  LED_FILES,
  type LedFile,
  ledWritten,
  type SysfsLed,
} from '../core/sysfs-led.ts';

/**
 * A change is told when the files have been still for so long: orange is written as two LEDs of four files each, and
 * nobody sees what a lamp does for a twentieth of a second.
 */
const STILL_MS = 50;

export type LedFiles = {
  /** Writes the files of dark LEDs, as they are without power. */
  dark(): Promise<void>;
  close(): void;
};

/** Makes `usr:green` and `usr:red` in `dir` and tells what a person sees of them, the first time when it changes. */
export async function createLedFiles(
  dir: string,
  tell: (blink: LedBlink) => void,
  stillMs = STILL_MS,
): Promise<LedFiles> {
  const lamps = [lamp(join(dir, 'usr:green')), lamp(join(dir, 'usr:red'))] as const;
  const [green, red] = lamps;
  let told: LedBlink = blinkOf(DARK_LED, DARK_LED);
  let still: NodeJS.Timeout | undefined;
  const look = () => {
    const blink = blinkOf(green.state(), red.state());
    if (JSON.stringify(blink) === JSON.stringify(told)) return;
    told = blink;
    tell(blink);
  };
  const changed = () => {
    clearTimeout(still);
    still = setTimeout(look, stillMs);
  };
  const watching = await Promise.all(lamps.map((each) => each.watch(changed)));
  return {
    dark: async () => void (await Promise.all(lamps.map((each) => each.dark()))),
    close() {
      clearTimeout(still);
      for (const stop of watching) stop();
    },
  };
}

/** One LED: its files, and what they make it do. */
function lamp(dir: string) {
  let led: SysfsLed = DARK_LED;
  let reading = Promise.resolve(); // one file after the other, in the order of the writes
  const read = async (file: LedFile) => {
    led = ledWritten(led, file, await readFile(join(dir, file), 'utf8').catch(() => '')); // gone: as good as empty
  };
  const dark = async () => {
    for (const file of LED_FILES) await writeFile(join(dir, file), `${DARK_LED_FILES[file]}\n`);
  };
  return {
    state: () => led,
    dark,
    async watch(changed: () => void) {
      await mkdir(dir, { recursive: true });
      await dark();
      await writeFile(join(dir, 'max_brightness'), '255\n');
      const watcher = watch(dir, (_, name) => {
        const file = LED_FILES.find((known) => known === name);
        if (file) reading = reading.then(() => read(file)).then(changed);
      });
      return () => watcher.close();
    },
  };
}
