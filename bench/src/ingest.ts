import { createClockSystem } from '@ewon-agent/account/adapters/clock-system';
import { createBus } from '@ewon-agent/account/bus';
import { createIngest } from '@ewon-agent/account/ingest/ingest';
import { readAck } from '@ewon-agent/contracts';
import type { Bench } from './bench.ts';
import { floorMs } from './ingest-floor.ts';
import { type IngestRun, ingestAnswer } from './ingest-page.ts';
import { type IngestStage, openIngestStage, type StreamChannel } from './ingest-stage.ts';

const RUNS = 10;
const COUNT = 20_000;
const CASES = (['event', 'telemetry'] as const).flatMap((channel) =>
  [1, 100].map((devices) => ({ channel, devices, count: COUNT })),
);

/** How many messages a second the account commits and acknowledges. */
export const ingestBench: Bench = {
  name: 'ingest',
  title: 'Ingest: messages handed over → committed and acknowledged',
  about: `${RUNS} × ${COUNT} messages of each kind, about 2 minutes`,
  async run({ runs = RUNS }, say) {
    const done: IngestRun[] = [];
    for (let run = 1; run <= runs; run++) {
      for (const what of CASES) {
        const floor = await onStage(what, async (stage) => floorMs(stage, what.channel));
        const ingest = await onStage(what, ingestMs);
        done.push({ ...what, perSecond: (COUNT / ingest) * 1000, floorPerSecond: (COUNT / floor) * 1000 });
      }
      say(`run ${run} of ${runs}`);
    }
    return ingestAnswer(done);
  },
};

async function onStage(
  what: { readonly channel: StreamChannel; readonly devices: number; readonly count: number },
  measure: (stage: IngestStage) => Promise<number>,
): Promise<number> {
  const stage = await openIngestStage(what);
  try {
    return await measure(stage);
  } finally {
    await stage.close();
  }
}

/** Hands all over as fast as they are taken, and stops when the last one is acknowledged. */
async function ingestMs({ accountId, store, messages }: IngestStage): Promise<number> {
  let acknowledged = 0;
  const log = { write: () => {} };
  const house = { accountId, store, bus: createBus(), clock: createClockSystem(), log, commandEnded: () => {} };
  const ingest = createIngest(house, async ({ payload }) => {
    const ack = readAck(Buffer.from(payload));
    if (ack.ok) for (const [from, to] of ack.value.ranges) acknowledged += to - from + 1;
  });
  const from = performance.now();
  for (const { topic, payload } of messages) await ingest.take(topic, payload);
  await ingest.settled();
  const tookMs = performance.now() - from;
  await ingest.close();
  if (acknowledged !== messages.length) throw new Error(`${acknowledged} of ${messages.length} were acknowledged`);
  return tookMs;
}
