import type { BenchAnswer } from './bench.ts';
import type { Drained } from './drain-child.ts';
import { figure, SPREAD_HEAD, spreadCells, table } from './report.ts';
import { BROKERS, type BrokerName } from './stage.ts';
import { median, spread } from './statistics.ts';

/** One backlog sent by the agent, and the same by its peers just after; milliseconds from the first row at the account to the last. */
export type DrainRun = {
  readonly broker: BrokerName;
  readonly count: number;
  readonly agentMs: number;
  readonly bareMs: number;
  readonly bridgeMs: number;
  /** What the agent's backlog cost the account. */
  readonly accountCpuMs: number;
  readonly agentToPuback: Drained;
  readonly bareToPuback: Drained;
};

const AIM_TIMES_BARE = 0.8;
const AIM_PER_SECOND = 10_000;

/** Words what was measured. */
export function drainAnswer(runs: readonly DrainRun[], window: number): BenchAnswer {
  const figures = BROKERS.filter((broker) => runs.some((run) => run.broker === broker)).map((broker) => {
    const of = runs.filter((run) => run.broker === broker);
    const perSecond = (value: (run: DrainRun) => Drained) =>
      spread(of.map(value).map(({ count, tookMs }) => (count * 1000) / tookMs));
    const committed = (ms: (run: DrainRun) => number) =>
      perSecond((run) => ({ ...run.bareToPuback, ...{ count: run.count, tookMs: ms(run) } }));
    const cpuUs = ({ cpuMs, count }: Drained) => (cpuMs * 1000) / count;
    const ratio = (of_: (run: DrainRun) => number) => median(of.map(of_));
    const pace = ({ count, tookMs }: Drained) => count / tookMs;
    return {
      broker,
      puback: {
        agent: perSecond((run) => run.agentToPuback),
        bare: perSecond((run) => run.bareToPuback),
        timesBare: ratio((run) => pace(run.agentToPuback) / pace(run.bareToPuback)),
        agentCpuUs: ratio((run) => cpuUs(run.agentToPuback)),
        bareCpuUs: ratio((run) => cpuUs(run.bareToPuback)),
      },
      committed: {
        agent: committed((run) => run.agentMs),
        bare: committed((run) => run.bareMs),
        bridge: committed((run) => run.bridgeMs),
        timesBare: ratio((run) => run.bareMs / run.agentMs),
        timesBridge: ratio((run) => run.bridgeMs / run.agentMs),
        accountCpuUs: ratio((run) => (run.accountCpuMs * 1000) / run.count),
      },
    };
  });
  const puback = figures.flatMap(({ broker, puback: { agent, bare, timesBare, agentCpuUs, bareCpuUs } }) => [
    [`**agent**, ${broker}`, ...spreadCells(agent), figure(timesBare), figure(agentCpuUs)],
    [`MQTT.js alone, ${broker}`, ...spreadCells(bare), '1.00', figure(bareCpuUs)],
  ]);
  const committed = figures.flatMap(({ broker, committed: { agent, bare, bridge, ...times } }) => [
    [
      `**agent**, ${broker}: outbox → committed`,
      ...spreadCells(agent),
      figure(times.timesBare),
      figure(times.timesBridge),
    ],
    [`MQTT.js alone, ${broker}: memory → committed`, ...spreadCells(bare), '1.00', ''],
    [`bridge of Mosquitto, ${broker}: its memory → committed`, ...spreadCells(bridge), '', '1.00'],
  ]);
  const pubackTable = table(['to PUBACK, messages/s', ...SPREAD_HEAD, '× MQTT.js', 'CPU µs each'], puback);
  const committedTable = table(['to the account, messages/s', ...SPREAD_HEAD, '× MQTT.js', '× bridge'], committed);
  return {
    figures: { window, aimTimesBare: AIM_TIMES_BARE, aimPerSecond: AIM_PER_SECOND, brokers: figures },
    body: [
      method(window),
      pubackTable,
      toTheAccount(figures.map(({ broker, committed: { accountCpuUs } }) => `${figure(accountCpuUs)} µs (${broker})`)),
      committedTable,
    ].join('\n\n'),
  };
}

const method = (window: number) =>
  `A backlog that had been accepted while there was no uplink. Whoever sends, the account and the broker are processes of their own, over
TLS, with the store of the account on the disk; they take turns on the same cores, so that one that costs less leaves more to the others.

**To the broker's acknowledgement**: from the first message handed over to the last PUBACK. The agent's outbox, sender and session in a
process of their own, which reads from its disk, and removes there what the account acknowledges meanwhile. MQTT.js alone sends as many
of the same size from memory, as the same device, with ${window} in flight as well, and forgets what it is told to. Both begin cold. Aim:
at least ${AIM_TIMES_BARE} × MQTT.js.`;

const toTheAccount = (costs: readonly string[]) =>
  `**To the account's acknowledgement**: from the first row in the account's database to the last, so that what starts and connects is not in
it. The agent as it is installed on a board. The bridge is a Mosquitto on the board with the device's certificate, ${'`max_queued_messages 0`'} and
the same number in flight: it has all of them in memory when it connects. One message of the agent cost the account ${costs.join(', ')} of
CPU time. Aim: at least ${AIM_PER_SECOND.toLocaleString('en-GB')} messages/s.`;
