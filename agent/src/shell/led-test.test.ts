import { LED, ledPatternOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { LED_SHOWN } from '../core/console/led-shown.ts';
import { testClock } from '../testing/test-clock.ts';
import { createLedTest, LED_STEP_MS } from './led-test.ts';

function begin() {
  const { clock, pass } = testClock();
  const shown: (string | undefined)[] = [];
  const told: string[] = [];
  const test = createLedTest({ show: async (blink) => void shown.push(ledPatternOf(blink)) }, clock);
  let ended = 0;
  const start = () =>
    test.start(
      (line) => told.push(line),
      () => {
        ended += 1;
      },
    );
  return { ...test, pass, shown, told, start, ended: () => ended };
}

suite('a test of the LED', (test) => {
  test('all that it can say is shown and named, and then the truth, also one that changed meanwhile', async () => {
    const { led, pass, shown, told, start, ended } = begin();
    await led.show(LED.cardOk);
    start();
    await led.show(LED.cardFailed);
    for (let i = 0; i < LED_SHOWN.length; i += 1) pass(LED_STEP_MS);
    assert.deepEqual(shown, ['cardOk', ...LED_SHOWN.map(({ pattern }) => pattern), 'cardFailed']);
    assert.deepEqual(new Set(LED_SHOWN.map(({ pattern }) => pattern)), new Set(Object.keys(LED)));
    assert.deepEqual(
      [told.length, told[4], ended()],
      [8, '5 of 7: green, steady: the card is done and may be pulled', 1],
    );
  });

  test('whoever goes away amid it leaves the truth behind', async () => {
    const { led, pass, shown, start, ended } = begin();
    await led.show(LED.cardOk);
    const stop = start();
    pass(LED_STEP_MS);
    stop();
    pass(100 * LED_STEP_MS);
    assert.deepEqual([shown, ended()], [['cardOk', 'off', 'running', 'cardOk'], 0]);
    await led.show(LED.running);
    assert.equal(shown.at(-1), 'running');
  });

  test('begun anew by another: one sequence at a time', async () => {
    const { pass, shown, start } = begin();
    const first = start();
    start();
    first();
    pass(LED_STEP_MS);
    assert.deepEqual(shown, ['off', 'off', 'running']);
  });
});
