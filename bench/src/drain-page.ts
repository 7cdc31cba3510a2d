import type { BenchAnswer } from './bench.ts';
import { figure, SPREAD_HEAD, spreadCells, table } from './report.ts';
import { BROKERS, type BrokerName } from './stage.ts';
import { median, spread } from './statistics.ts';

/** One backlog sent by the agent, and the same by MQTT.js alone just after; milliseconds. */
export type DrainRun = {
  readonly broker: BrokerName;
  readonly count: number;
  /** From the first row at the account to the last. */
  readonly agentMs: number;
  readonly bareMs: number;
  /** From the first message to the last acknowledgement of the broker. */
  readonly bareToPubackMs: number;
};

/** Words what was measured. */
export function drainAnswer(runs: readonly DrainRun[], window: number): BenchAnswer {
  const figures = BROKERS.filter((broker) => runs.some((run) => run.broker === broker)).map((broker) => {
    const of = runs.filter((run) => run.broker === broker);
    const rate = (ms: (run: DrainRun) => number) => spread(of.map((run) => (run.count * 1000) / ms(run)));
    return {
      broker,
      agent: rate((run) => run.agentMs),
      bare: rate((run) => run.bareMs),
      bareToPuback: rate((run) => run.bareToPubackMs),
      timesBare: median(of.map((run) => run.bareMs / run.agentMs)),
    };
  });
  const rows = figures.flatMap(({ broker, agent, bare, bareToPuback, timesBare }) => [
    [`**agent**, ${broker}: outbox → committed at the account`, ...spreadCells(agent), figure(timesBare)],
    [`MQTT.js alone, ${broker}: memory → committed at the account`, ...spreadCells(bare), '1.00'],
    [`MQTT.js alone, ${broker}: memory → acknowledged by the broker`, ...spreadCells(bareToPuback), ''],
  ]);
  return {
    figures: { brokers: figures },
    body: `${method(window)}\n\n${table(['messages/s', ...SPREAD_HEAD, '× MQTT.js'], rows)}`,
  };
}

const method = (window: number) =>
  `A backlog that had been accepted while there was no uplink. Agent, account and broker are processes of their own, over TLS, with the
store of the account on the disk. The clock runs from the first row in the account's database to the last: what starts and connects is
not in it. The agent reads from its disk and removes what the account has acknowledged. MQTT.js alone sends as many messages of the
same size from memory, as the same device, with ${window} in flight, and forgets what it is told to; the account commits those as well.`;
