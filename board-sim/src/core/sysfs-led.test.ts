import { LED } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { blinkOf, DARK_LED, type LedFile, ledWritten, type SysfsLed } from './sysfs-led.ts';

type Write = readonly [file: LedFile, text: string];
const after = (...writes: readonly Write[]) =>
  writes.reduce((led: SysfsLed, [file, text]) => ledWritten(led, file, text), DARK_LED);
const blinking = (onMs: number, offMs: number): SysfsLed => ({ brightness: 255, trigger: 'timer', onMs, offMs });
const TIMER: Write = ['trigger', 'timer'];

suite('LED as Linux shows one', (test) => {
  test('brightness lights it', () => {
    assert.deepEqual(after(['brightness', '255\n']), { ...DARK_LED, brightness: 255 });
    assert.deepEqual(after(['brightness', '1']), { ...DARK_LED, brightness: 1 });
  });

  test('the timer begins at 500/500 ms at full brightness, and takes its delays afterwards', () => {
    assert.deepEqual(after(TIMER), blinking(500, 500));
    assert.deepEqual(after(TIMER, ['delay_on', '150'], ['delay_off', '90\n']), blinking(150, 90));
  });

  test('setting the timer again begins at 500/500 ms again', () => {
    assert.deepEqual(after(TIMER, ['delay_on', '150'], TIMER), blinking(500, 500));
  });

  test('delays without the timer do nothing', () => {
    assert.deepEqual(after(['delay_on', '150'], ['delay_off', '150']), DARK_LED);
  });

  test('brightness 0 takes the trigger away, another brightness does not', () => {
    assert.deepEqual(after(TIMER, ['brightness', '0']), DARK_LED);
    assert.deepEqual(after(TIMER, ['brightness', '7']), { ...blinking(500, 500), brightness: 7 });
  });

  test('taking the trigger away leaves it dark; with no trigger nothing changes', () => {
    assert.deepEqual(after(TIMER, ['trigger', 'none']), DARK_LED);
    assert.deepEqual(after(['brightness', '255'], ['trigger', 'none']), { ...DARK_LED, brightness: 255 });
  });

  for (const [file, text] of [
    ['brightness', ''],
    ['brightness', 'bright'],
    ['brightness', '-1'],
    ['delay_on', ''],
    ['delay_off', '1e3'],
    ['trigger', ''],
    ['trigger', 'heartbeat'],
  ] as const) {
    test(`${JSON.stringify(text)} in ${file} changes nothing`, () => {
      assert.deepEqual(after(TIMER, [file, text]), blinking(500, 500));
    });
  }

  test('green and red lit are orange; a dark one does not count, however it would blink', () => {
    const lit = after(['brightness', '255']);
    assert.deepEqual(blinkOf(DARK_LED, DARK_LED), LED.off);
    assert.deepEqual(blinkOf(lit, DARK_LED), LED.cardOk);
    assert.deepEqual(blinkOf(DARK_LED, lit), LED.cardFailed);
    assert.deepEqual(blinkOf(blinking(150, 150), blinking(150, 150)), LED.cardSeen);
    assert.deepEqual(blinkOf(blinking(500, 500), DARK_LED), LED.running);
  });
});
