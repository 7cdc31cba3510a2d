import type { BenchAnswer } from './bench.ts';
import { figure, SPREAD_HEAD, spreadCells, table } from './report.ts';
import { spread } from './statistics.ts';

/** One question and how long it took until its answer was there and parsed. */
export type ListRun = {
  readonly database: 'PostgreSQL' | 'SQLite';
  readonly what: string;
  readonly ms: number;
};

/** The whole log as CSV. */
export type ListExport = {
  readonly database: ListRun['database'];
  readonly lines: number;
  readonly mib: number;
  readonly seconds: number;
  readonly beforeMib: number;
  /** At most, until about half of it was there, and until its end. */
  readonly firstHalfMib: number;
  readonly peakMib: number;
};

const AIM_MS = 200;
/** Questions that are shown by their own. */
const SLOWEST_SHOWN = 8;

/** Words what was measured. */
export function listsAnswer(runs: readonly ListRun[], exports: readonly ListExport[]): BenchAnswer {
  const groups = [...Map.groupBy(runs, ({ database, what }) => `${what}, ${database}`)].map(([name, of]) => ({
    name,
    database: of[0]?.database,
    ms: spread(of.map(({ ms }) => ms)),
  }));
  const all = [...Map.groupBy(runs, ({ database }) => database)].map(([database, of]) => [
    `all questions, ${database}`,
    ...spreadCells(spread(of.map(({ ms }) => ms))),
    `p95 < ${AIM_MS}`,
  ]);
  const slowest = [...Map.groupBy(groups, ({ database }) => database).values()].flatMap((of) =>
    of
      .toSorted((a, b) => b.ms.p95 - a.ms.p95)
      .slice(0, SLOWEST_SHOWN)
      .map(({ name, ms }) => [name, ...spreadCells(ms), '']),
  );
  const files = exports.map((one) => [
    `${one.database}, ${one.lines.toLocaleString('en-GB')} lines`,
    ...[one.mib, one.seconds, one.beforeMib, one.firstHalfMib, one.peakMib].map(figure),
  ]);
  const late = groups.filter(({ ms }) => ms.p95 >= AIM_MS).map(({ name }) => name);
  return {
    figures: { aimMs: AIM_MS, late, groups, exports },
    body: [
      METHOD,
      table(['ms', ...SPREAD_HEAD, 'aim'], [...all, ...slowest]),
      `Questions whose p95 is ${AIM_MS} ms or more: ${late.length === 0 ? 'none' : late.join('; ')}.`,
      EXPORT,
      table(['whole log as CSV', 'MiB', 's', 'PSS before, MiB', 'at most in its first half', 'at most'], files),
    ].join('\n\n'),
  };
}

const METHOD = `\`account serve\` as a process of its own, asked over HTTP by another on the same cores, one question after another: 10,000 Ewons
and 1,000,000 lines of the log on a PostgreSQL of Debian, 1,000 and 100,000 on SQLite. Every Ewon has an inventory and a patch message, one in 25 an
open alarm. Each sort of both lists goes both ways; each filter and search is asked, and the next page of each where there is one.
A time is from the request to the parsed answer. Below all of them are the slowest by p95.`;

const EXPORT = 'The log is read and sent in pieces; PSS of the server every 200 ms from the first byte to the last.';
