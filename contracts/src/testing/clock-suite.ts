import type { ClockPort } from '../ports/clock.ts';
import { DAY_MS, type Millis } from '../units.ts';
import { assert, suite } from './suite.ts';

/** A clock and the way to let time pass on it; `jump` where the wall clock can be moved. */
export type ClockFixture = {
  readonly clock: ClockPort;
  /** Resolves when at least `ms` have passed by `monotonic` and every call due by then was made. */
  pass(ms: Millis): Promise<void>;
  /** Moves the wall clock only. */
  jump?(ms: Millis): void;
  close?(): unknown;
};

/** The obligations of {@link ClockPort}, run on the simulated and on the real clock. Delays are short because a real clock passes them. */
export function clockSuite(name: string, makeFixture: () => ClockFixture | Promise<ClockFixture>): void {
  suite(name, (test) => {
    const on = (sentence: string, body: (fixture: ClockFixture) => Promise<void>) =>
      test(sentence, async () => {
        const fixture = await makeFixture();
        try {
          await body(fixture);
        } finally {
          await fixture.close?.();
        }
      });

    on('a call is made once, and not before its delay has passed', async ({ clock, pass }) => {
      const madeAtMs: Millis[] = [];
      const startMs = clock.monotonic();
      clock.after(20, () => madeAtMs.push(clock.monotonic()));
      await pass(50);
      await pass(50);
      assert.equal(madeAtMs.length, 1);
      assert.ok((madeAtMs[0] ?? 0) - startMs >= 20, `made after ${(madeAtMs[0] ?? 0) - startMs} ms`);
    });

    on('a call without delay is not made from within after', async ({ clock, pass }) => {
      let made = 0;
      clock.after(0, () => made++);
      assert.equal(made, 0);
      await pass(5);
      assert.equal(made, 1);
    });

    on('calls come by their time, and those due together in the order they were asked for', async ({ clock, pass }) => {
      const made: string[] = [];
      clock.after(30, () => made.push('late'));
      clock.after(10, () => made.push('first'));
      clock.after(10, () => made.push('second'));
      await pass(60);
      assert.deepEqual(made, ['first', 'second', 'late']);
    });

    on('a cancelled call is not made, and cancelling again or too late does nothing', async ({ clock, pass }) => {
      let made = 0;
      const cancel = clock.after(10, () => made++);
      const cancelLate = clock.after(10, () => made++);
      cancel();
      cancel();
      await pass(30);
      cancelLate();
      assert.equal(made, 1);
    });

    on('a call may cancel another that is due at the same time', async ({ clock, pass }) => {
      const made: string[] = [];
      clock.after(10, () => {
        made.push('first');
        cancelSecond();
      });
      const cancelSecond = clock.after(10, () => made.push('second'));
      await pass(30);
      assert.deepEqual(made, ['first']);
    });

    on('a call asked for from within a call is made later', async ({ clock, pass }) => {
      const made: string[] = [];
      clock.after(5, () => {
        clock.after(0, () => made.push('inner'));
        made.push('outer');
      });
      await pass(30);
      assert.deepEqual(made, ['outer', 'inner']);
    });

    // Node makes a timer of more than 2^31 - 1 ms fire after 1 ms
    on('a call asked for in sixty days is not made now', async ({ clock, pass }) => {
      let made = 0;
      const cancel = clock.after(60 * DAY_MS, () => made++);
      await pass(10);
      cancel();
      assert.equal(made, 0);
    });

    on('monotonic grows by what passed and never goes back', async ({ clock, pass }) => {
      const before = clock.monotonic();
      await pass(10);
      const after = clock.monotonic();
      assert.ok(after - before >= 10, `${after - before} ms after 10 ms`);
    });

    on('a jump of the wall clock moves neither monotonic nor the calls', async ({ clock, pass, jump }) => {
      if (!jump) return; // the wall clock of the machine that runs the tests is not ours to move
      let made = 0;
      clock.after(20, () => made++);
      const nowMs = clock.now();
      const monotonicMs = clock.monotonic();
      jump(-400 * DAY_MS);
      assert.equal(clock.now(), nowMs - 400 * DAY_MS);
      assert.equal(clock.monotonic(), monotonicMs);
      await pass(10);
      assert.equal(made, 0);
      jump(800 * DAY_MS);
      await pass(0);
      assert.equal(made, 0);
      await pass(10);
      assert.equal(made, 1);
    });
  });
}
