import { DAY_MS } from '@ewon-agent/contracts';
import { clockSuite } from '@ewon-agent/contracts/suites/clock-suite';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBoard } from '../board.ts';

clockSuite('clock port: simulated', () => {
  const board = createBoard();
  return {
    clock: board.ports.clock,
    pass: (ms) => board.clock.advance(ms),
    jump: (ms) => board.clock.jump(ms),
  };
});

suite('virtual clock', (test) => {
  test('promises settle between two calls due at the same time', async () => {
    const { ports, clock } = createBoard();
    const made: string[] = [];
    ports.clock.after(10, async () => {
      await null;
      await new Promise<void>((resolve) => setImmediate(resolve));
      made.push('what the first call led to');
    });
    ports.clock.after(10, () => made.push('second call'));
    await clock.advance(10);
    assert.deepEqual(made, ['what the first call led to', 'second call']);
  });

  test('calls are made at their own time, not at the end of the advance', async () => {
    const { ports, clock } = createBoard();
    const startMs = ports.clock.now();
    const madeAtMs: number[] = [];
    const again = () => {
      madeAtMs.push(ports.clock.now() - startMs);
      ports.clock.after(DAY_MS, again);
    };
    ports.clock.after(DAY_MS, again);
    await clock.advance(3.5 * DAY_MS);
    assert.deepEqual(madeAtMs, [DAY_MS, 2 * DAY_MS, 3 * DAY_MS]);
    assert.equal(clock.elapsedMs(), 3.5 * DAY_MS);
  });

  test('advanceUntil stops at the moment the condition holds', async () => {
    const { ports, clock } = createBoard();
    let ticks = 0;
    const tick = () => {
      ticks += 1;
      ports.clock.after(100, tick);
    };
    tick();
    await clock.advanceUntil(() => ticks === 4, { what: 'four ticks', withinMs: 1000 });
    assert.equal(clock.elapsedMs(), 300);
  });

  test('advanceUntil fails in words when the condition does not come', async () => {
    const { clock } = createBoard();
    const waiting = clock.advanceUntil(() => false, { what: 'the moon', withinMs: 50 });
    await assert.rejects(waiting, /not within 50 ms of virtual time: the moon/);
  });

  test('two advances at once are refused, because their order would be chance', async () => {
    const { clock } = createBoard();
    const first = clock.advance(10);
    await assert.rejects(clock.advance(10), /bug of the test/);
    await first;
  });

  test('settle waits for tracked work that takes real time', async () => {
    const { clock } = createBoard();
    let done = false;
    const work = new Promise<void>((resolve) => setTimeout(resolve, 30)).then(() => {
      done = true;
    });
    void clock.track(work);
    await clock.settle();
    assert.equal(done, true);
  });

  test('monotonic starts again at a reboot, the wall clock goes on', async () => {
    const board = createBoard({ startMs: 1_000_000 });
    await board.clock.advance(500);
    assert.equal(board.ports.clock.monotonic(), 500);
    board.power.cut();
    await board.clock.advance(500); // switched off
    const { clock } = board.reboot();
    assert.equal(clock.monotonic(), 0);
    assert.equal(clock.now(), 1_001_000);
  });

  test('a board without a battery stands at 1970 after a power cut', async () => {
    const board = createBoard({ faults: { wallClock: 'lost' } });
    await board.clock.advance(500);
    assert.equal(board.reboot().clock.now(), 0);
    await board.clock.advance(500);
    assert.equal(board.ports.clock.now(), 500);
    board.clock.jump(DAY_MS);
    assert.equal(board.ports.clock.now(), DAY_MS + 500);
  });
});
