import type { BenchAnswer } from './bench.ts';
import { figure, SPREAD_HEAD, spreadCells, table } from './report.ts';
import { median, spread } from './statistics.ts';

/** One run of one kind of message, and what the database alone did just before. Messages per second. */
export type IngestRun = {
  readonly channel: 'event' | 'telemetry';
  readonly devices: number;
  readonly perSecond: number;
  readonly floorPerSecond: number;
};

const AIM_PER_SECOND = 10_000;

/** Words what was measured. */
export function ingestAnswer(runs: readonly IngestRun[]): BenchAnswer {
  const kinds = [...new Set(runs.map(kindOf))];
  const figures = kinds.map((kind) => {
    const of = runs.filter((run) => kindOf(run) === kind);
    return {
      kind,
      perSecond: spread(of.map(({ perSecond }) => perSecond)),
      floorPerSecond: spread(of.map(({ floorPerSecond }) => floorPerSecond)),
      timesFloor: median(of.map(({ perSecond, floorPerSecond }) => perSecond / floorPerSecond)),
    };
  });
  const rows = figures.flatMap(({ kind, perSecond, floorPerSecond, timesFloor }) => [
    [`**account**, ${kind}`, ...spreadCells(perSecond), figure(timesFloor)],
    [`floor, ${kind}`, ...spreadCells(floorPerSecond), '1.00'],
  ]);
  return {
    figures: { aimPerSecond: AIM_PER_SECOND, kinds: figures },
    body: `${METHOD}\n\n${table(['messages/s', ...SPREAD_HEAD, '× floor'], rows)}\n\n${AIM}`,
  };
}

function kindOf({ channel, devices }: IngestRun): string {
  return `${channel}s, ${devices === 1 ? '1 device' : `${devices} devices`}`.replace('telemetrys', 'telemetry');
}

const METHOD = `The messages are handed over in one process, without a network, as fast as they are taken; the clock stops when the last
acknowledgement is published. Reading, checking, the commits on the disk (WAL, synchronous FULL) and the account's log are in
it. The floor is a loop over \`node:sqlite\` that writes the same rows into the same tables, 500 in a transaction, from
objects that are there already. Telemetry has ten samples a message. Account and floor take turns, each in a new file.`;

const AIM = `Aim: at least ${AIM_PER_SECOND.toLocaleString('en-GB')} messages per second.`;
