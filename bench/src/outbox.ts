import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '@ewon-agent/agent/adapters/clock-system';
import { openSqliteOutbox } from '@ewon-agent/agent/adapters/outbox-sqlite';
import { createOutbox } from '@ewon-agent/agent/shell/outbox';
import type { OutboxMessage } from '@ewon-agent/contracts';
import type { Bench } from './bench.ts';
import { createOutboxFloor } from './outbox-floor.ts';
import { OUTSTANDING, type OutboxRound, outboxAnswer } from './outbox-page.ts';
import { durableWriteMs } from './reference.ts';
import { quantile } from './statistics.ts';

const RUNS = 7;
const SECONDS = 1;

/** Telemetry of four tags: about 300 bytes, which is what the floor writes as well. */
const MESSAGE: OutboxMessage = {
  kind: 'telemetry',
  atMs: Date.UTC(2026, 2, 1),
  body: JSON.stringify({
    at: '2026-03-01T12:00:00.000Z',
    samples: ['Line4.Speed', 'Line4.Temperature', 'Line4.Pressure', 'Line4.Running'].map((tag, i) => ({
      tag,
      value: 1234.5 + i,
      quality: 'good',
    })),
  }),
};

/** A fast disk takes more in a round than the budget of a board. */
const ROOM_ENOUGH = { budgetBytes: 2 ** 30, floors: { alarm: 0, event: 0, telemetry: 0 } };

/** How many messages a second the outbox accepts durably, and how long one waits for it. */
export const outboxBench: Bench = {
  name: 'outbox',
  title: 'Outbox: accepted when it is on the disk',
  about: `${RUNS} rounds of ${OUTSTANDING.length + 1} × ${SECONDS} s, about 1 minute`,
  async run({ runs = RUNS, seconds = SECONDS }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
    const port = openSqliteOutbox(join(dir, 'outbox.db'), () => Date.now());
    const floor = createOutboxFloor(join(dir, 'floor.db'), MESSAGE.body);
    const clock = createSystemClock();
    const outbox = createOutbox({ port, clock, limits: ROOM_ENOUGH, dropped: failed, damaged: failed });
    const offered = async (outstanding: number) => {
      const round = await closedLoop(outstanding, seconds, async () => {
        if (!(await outbox.accept(MESSAGE)).ok) throw new Error('the outbox refused a message');
      });
      if (!port.remove(port.epoch, [[1, Number.MAX_SAFE_INTEGER]]).ok) throw new Error('the outbox removed nothing');
      return round;
    };
    try {
      const rounds: OutboxRound[] = [];
      await offered(64); // what is compiled lazily is
      for (let run = 1; run <= runs; run += 1) {
        const durableMs = durableWriteMs(dir);
        rounds.push({ who: 'floor', durableWriteMs: durableMs, ...floor.round(seconds) });
        for (const who of OUTSTANDING) rounds.push({ who, durableWriteMs: durableMs, ...(await offered(who)) });
        say(`round ${run} of ${runs}`);
      }
      return outboxAnswer(rounds, Buffer.byteLength(MESSAGE.body));
    } finally {
      outbox.close();
      port.close();
      floor.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

/** Keeps so many calls under way for a time. */
async function closedLoop(outstanding: number, seconds: number, call: () => Promise<void>) {
  const latencies: number[] = [];
  const from = performance.now();
  const endMs = from + seconds * 1000;
  const worker = async () => {
    for (let started = performance.now(); started < endMs; started = performance.now()) {
      await call();
      latencies.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: outstanding }, worker));
  return {
    perSecond: (latencies.length * 1000) / (performance.now() - from),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

function failed(what: object): never {
  throw new Error(`what was accepted must be kept: ${JSON.stringify(what)}`);
}
