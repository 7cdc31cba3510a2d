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
  readonly agentToPubackMs: number;
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
      agentToPuback: rate((run) => run.agentToPubackMs),
      bareToPuback: rate((run) => run.bareToPubackMs),
      timesBareToPuback: median(of.map((run) => run.bareToPubackMs / run.agentToPubackMs)),
      timesBare: median(of.map((run) => run.bareMs / run.agentMs)),
    };
  });
  const rows = figures.flatMap(({ broker, agent, bare, timesBare, ...puback }) => [
    [`**agent**, ${broker}: outbox → committed at the account`, ...spreadCells(agent), figure(timesBare)],
    [`MQTT.js alone, ${broker}: memory → committed at the account`, ...spreadCells(bare), '1.00'],
    [
      `**agent**, ${broker}: outbox → acknowledged by the broker`,
      ...spreadCells(puback.agentToPuback),
      figure(puback.timesBareToPuback),
    ],
    [`MQTT.js alone, ${broker}: memory → acknowledged by the broker`, ...spreadCells(puback.bareToPuback), '1.00'],
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
same size from memory, as the same device, with ${window} in flight, and forgets what it is told to; the account commits those as well.
To the broker's acknowledgement alone, the agent's outbox, sender and session run in the process of the bench, as MQTT.js does;
the account goes on committing and acknowledging, and what it acknowledges is removed from the agent's disk. Aim: 0.8 × MQTT.js.`;
