import { mock } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { DAY_MS } from '@ewon-agent/contracts';
import { clockSuite } from '@ewon-agent/contracts/suites/clock-suite';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from './clock-system.ts';

clockSuite('clock of the board', () => {
  const clock = createSystemClock();
  return {
    clock,
    async pass(ms) {
      const end = clock.monotonic() + ms;
      while (clock.monotonic() < end) await pass(end - clock.monotonic());
    },
  };
});

suite('clock of the board, long waits', (test) => {
  test.before.each(() => mock.timers.enable({ apis: ['setTimeout'] }));
  test.after.each(() => mock.timers.reset());

  test('a call asked for in sixty days is made after sixty days, in steps that a timer can hold', () => {
    let made = 0;
    createSystemClock().after(60 * DAY_MS, () => made++);
    for (let day = 0; day < 60; day += 1) {
      assert.equal(made, 0, `day ${day}`);
      mock.timers.tick(DAY_MS);
    }
    mock.timers.tick(3 * DAY_MS); // each of the three steps begins up to a tick late
    assert.equal(made, 1);
  });

  test('a long wait is cancelled in any of its steps', () => {
    let made = 0;
    const cancel = createSystemClock().after(60 * DAY_MS, () => made++);
    mock.timers.tick(30 * DAY_MS);
    cancel();
    mock.timers.tick(90 * DAY_MS);
    assert.equal(made, 0);
  });
});

suite('clock of the board, lag', (test) => {
  test('what stands still makes the next call late, and by how much is told', async () => {
    const told: number[] = [];
    const clock = createSystemClock((lateMs) => told.push(lateMs));
    await new Promise<void>((called) => {
      clock.after(5, called);
      const end = clock.monotonic() + 105;
      while (clock.monotonic() < end); // stands still
    });
    assert.equal(told.length, 1);
    assert.ok((told[0] ?? 0) >= 95, `told ${told[0]} ms`);
  });
});
