import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LED, type LedColour } from '@ewon-agent/contracts';
import { ledSuite } from '@ewon-agent/contracts/suites/led-suite';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from './clock-system.ts';
import { createSysfsLed } from './led-sysfs.ts';

const NAMES = ['usr:green', 'usr:red'] as const;
const FILES = ['brightness', 'trigger', 'delay_on', 'delay_off'] as const;
const COLOURS: Record<string, LedColour> = {
  'false,false': 'off',
  'true,false': 'green',
  'true,true': 'orange',
  'false,true': 'red',
};

/** A directory like /sys/class/leds; what the kernel makes of the order of the writes is board-sim's business. */
function createLeds() {
  const dir = mkdtempSync(join(tmpdir(), 'leds-'));
  for (const name of NAMES) {
    mkdirSync(join(dir, name));
    for (const file of FILES) writeFileSync(join(dir, name, file), file === 'trigger' ? 'none' : '0');
  }
  const read = (name: string, file: (typeof FILES)[number]) => readFileSync(join(dir, name, file), 'utf8').trim();
  const isLit = (name: string) => read(name, 'brightness') !== '0';
  return {
    dir,
    read,
    port: createSysfsLed({ dir, green: NAMES[0], red: NAMES[1] }, createSystemClock()),
    look() {
      const blinking = NAMES.find((name) => isLit(name) && read(name, 'trigger') === 'timer');
      const delay = (file: 'delay_on' | 'delay_off') => (blinking ? Number(read(blinking, file)) : 0);
      return { colour: COLOURS[NAMES.map(isLit).join()] ?? 'off', onMs: delay('delay_on'), offMs: delay('delay_off') };
    },
    /** When anything was last written. */
    writtenMs: () => Math.max(...NAMES.flatMap((name) => FILES.map((file) => statSync(join(dir, name, file)).mtimeMs))),
    close: () => rmSync(dir, { recursive: true }),
  };
}

ledSuite('LED of sysfs', () => {
  const { port, look, writtenMs, close, dir } = createLeds();
  const broken = createSysfsLed({ dir: join(dir, 'nothing'), green: 'g', red: 'r' }, createSystemClock());
  return { led: port, look, starts: writtenMs, broken, close };
});

suite('LED of sysfs, the files', (test) => {
  test('orange is both colours, blinking alike', async () => {
    const { port, read, close } = createLeds();
    await port.show(LED.cardSeen);
    for (const name of NAMES) {
      assert.deepEqual(
        FILES.map((file) => read(name, file)),
        ['255', 'timer', '150', '150'],
      );
    }
    close();
  });

  test('a colour that is not lit does not blink on by itself', async () => {
    const { port, read, close } = createLeds();
    for (const blink of Object.values(LED)) {
      await port.show(LED.cardSeen);
      await port.show(blink);
      for (const name of NAMES) if (read(name, 'brightness') === '0') assert.equal(read(name, 'trigger'), 'none');
    }
    close();
  });

  test('a LED that cannot be written is tried again by the next pattern, also by the same', async () => {
    const { port, dir, look, close } = createLeds();
    rmSync(join(dir, NAMES[1], 'trigger'));
    mkdirSync(join(dir, NAMES[1], 'trigger')); // writing to it fails, for root as well
    await port.show(LED.cardFailed);
    rmSync(join(dir, NAMES[1], 'trigger'), { recursive: true });
    await port.show(LED.cardFailed);
    assert.deepEqual(look(), LED.cardFailed);
    close();
  });

  test('delays that come a moment after the trigger are written when they are there', async () => {
    const { port, dir, read, close } = createLeds();
    rmSync(join(dir, NAMES[0], 'delay_off'));
    const shown = port.show(LED.running);
    await eventually(() => read(NAMES[0], 'delay_on') === '500', { what: 'the first delay' });
    writeFileSync(join(dir, NAMES[0], 'delay_off'), '0');
    await shown;
    assert.equal(read(NAMES[0], 'delay_off'), '500');
    close();
  });

  test('a LED of one colour only shows that colour and makes no files', async () => {
    const { port, dir, read, close } = createLeds();
    rmSync(join(dir, NAMES[1]), { recursive: true });
    await port.show(LED.running);
    assert.deepEqual(
      FILES.map((file) => read(NAMES[0], file)),
      ['255', 'timer', '500', '500'],
    );
    assert.deepEqual(readdirSync(dir), [NAMES[0]]);
    close();
  });
});
