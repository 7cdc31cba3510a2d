import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type BoardProcess, type BoardProcessOptions, startBoardProcess } from './board-process.ts';
import type { TimedEvent } from './event-log.ts';

/** Tells its wall clock and its monotonic clock again and again. */
const TICKING = [process.execPath, '-e', 'setInterval(() => console.log(Date.now(), performance.now()), 20)'];
/** Tells how often four threads that ask at once saw a time that is not the one of the clock when they began. */
const FOUR_THREADS = `
  const { Worker, isMainThread } = require('node:worker_threads');
  if (isMainThread) for (let i = 0; i < 4; i++) new Worker(__filename);
  else {
    const began = Date.now();
    let others = 0;
    for (let i = 0; i < 20_000; i++) if (Math.abs(Date.now() - began) > ${MINUTE_MS}) others++;
    console.log(others);
  }`;

async function withBoard(options: BoardProcessOptions, body: (board: BoardProcess, dir: string) => Promise<void>) {
  const dir = await mkdtemp(join(tmpdir(), 'board-'));
  const board = await startBoardProcess({ dir, ...options });
  try {
    await body(board, dir);
  } finally {
    await board.stop();
    await rm(dir, { recursive: true });
  }
}

type Tick = { readonly wallMs: number; readonly monotonicMs: number; readonly aheadMs: number };

/** Waits until the program tells a time of that kind; those that were on their way before do not matter. */
async function tickUntil({ events }: BoardProcess, holds: (tick: Tick) => boolean, what: string): Promise<Tick> {
  const read = (event: TimedEvent): Tick | undefined => {
    if (event.on !== 'output') return undefined;
    const [wallMs = 0, monotonicMs = 0] = event.line.split(' ').map(Number);
    return { wallMs, monotonicMs, aheadMs: wallMs - Date.parse(event.at) };
  };
  const matches = (event: TimedEvent) => {
    const tick = read(event);
    return tick !== undefined && holds(tick);
  };
  const tick = read(await events.until(matches, { what, from: events.all.length }));
  if (!tick) throw new Error('this is a bug: not the event that was asked for');
  return tick;
}

/** Waits until the program is so far ahead of this machine, to the minute. */
const tickAhead = (board: BoardProcess, expectedMs: number) =>
  tickUntil(board, ({ aheadMs }) => Math.abs(aheadMs - expectedMs) < MINUTE_MS, `a time ${expectedMs} ms ahead`);

async function lines({ events }: BoardProcess, count: number): Promise<readonly string[]> {
  const told = () => events.all.flatMap((event) => (event.on === 'output' ? event.line : []));
  await events.until(() => told().length >= count, { what: `${count} lines` });
  return told();
}

suite('board with a clock of its own', { timeoutMs: 60_000, needs: ['libfaketimeMT.so.1'] }, (test) => {
  test('the clock of a running program jumps back and forth, and its timers do not notice', async () => {
    await withBoard({ clock: 'own', command: TICKING }, async (board) => {
      const before = await tickAhead(board, 0);
      await board.clock.jump(-400 * DAY_MS);
      await tickAhead(board, -400 * DAY_MS);
      await board.clock.jump(1200 * DAY_MS);
      await tickAhead(board, 800 * DAY_MS);
      assert.equal(board.clock.aheadMs, 800 * DAY_MS);
      await board.clock.jump(-board.clock.aheadMs);
      const after = await tickAhead(board, 0);
      const passedMs = after.monotonicMs - before.monotonicMs;
      assert.ok(passedMs > 0 && passedMs < MINUTE_MS, `${passedMs} ms of monotonic time`);
    });
  });

  test('a clock of its own keeps its time through a power cut and a reboot', async () => {
    await withBoard({ clock: 'own', command: TICKING }, async (board) => {
      await board.clock.jump(DAY_MS);
      await board.power.cut();
      await board.power.on();
      await tickAhead(board, DAY_MS);
      await board.reboot();
      await tickAhead(board, DAY_MS);
    });
  });

  test('a clock that is lost stands at 1970 whenever the power comes, until it is set', async () => {
    await withBoard({ clock: 'lost', command: TICKING }, async (board) => {
      const isAtStart = () => tickUntil(board, ({ wallMs }) => wallMs >= 0 && wallMs < MINUTE_MS, 'a time in 1970');
      await isAtStart();
      await board.clock.jump(-board.clock.aheadMs);
      await tickAhead(board, 0);
      await board.power.on(); // it is on already
      assert.equal(board.clock.aheadMs, 0);
      await board.power.cut();
      await board.power.on();
      await isAtStart();
      await board.clock.jump(-board.clock.aheadMs);
      await board.reboot();
      await isAtStart();
    });
  });

  test('a time that no kernel takes is refused, and the clock goes on', async () => {
    await withBoard({ clock: 'lost' }, async (board) => {
      const { aheadMs } = board.clock;
      await assert.rejects(board.clock.jump(-DAY_MS), /no time before 1970/);
      await assert.rejects(board.clock.jump(84_000 * DAY_MS), /after 2199/);
      assert.equal(board.clock.aheadMs, aheadMs);
      await board.clock.jump(DAY_MS);
      assert.equal(board.clock.aheadMs, aheadMs + DAY_MS);
    });
  });

  test('threads that ask at the same time are all told the same', async () => {
    await withBoard({ clock: 'own' }, async (board, dir) => {
      await board.clock.jump(400 * DAY_MS);
      const file = join(dir, 'threads.cjs');
      await writeFile(file, FOUR_THREADS);
      await board.program.start([process.execPath, file]);
      assert.deepEqual(await lines(board, 4), ['0', '0', '0', '0']);
    });
  });

  test('a program that a power cut killed leaves nothing in shared memory', async () => {
    await withBoard({ clock: 'own', command: TICKING }, async (board) => {
      await tickAhead(board, 0);
      const started = board.events.all.find(({ on }) => on === 'program');
      const pid = started?.on === 'program' ? started.pid : 0;
      assert.ok(existsSync(`/dev/shm/faketime_shm_${pid}`), 'libfaketime makes it: the test proves something');
      await board.power.cut();
      await board.events.until((event) => event.on === 'program' && event.state === 'ended', { what: 'its end' });
      assert.equal(existsSync(`/dev/shm/faketime_shm_${pid}`), false);
      assert.equal(existsSync(`/dev/shm/sem.faketime_sem_${pid}`), false);
    });
  });
});

suite('board without a clock of its own', { timeoutMs: 60_000 }, (test) => {
  test('its program is started as it always was, and a jump is refused with the way to have one', async () => {
    const print = 'console.log(JSON.stringify(Object.keys(process.env).filter((n) => /FAKE|LD_PRELOAD/.test(n))))';
    await withBoard({ command: [process.execPath, '-e', print] }, async (board) => {
      assert.deepEqual(await lines(board, 1), ['[]']);
      await assert.rejects(board.clock.jump(DAY_MS), /--clock own/);
      assert.equal(board.clock.aheadMs, 0);
    });
  });
});
