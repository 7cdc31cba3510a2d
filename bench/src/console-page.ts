import type { BenchAnswer } from './bench.ts';
import { figure, table } from './report.ts';
import { quantile } from './statistics.ts';

/** Who echoes a key. */
export const ECHOERS = ['agent', 'bash', 'cat'] as const;
export type Echoer = (typeof ECHOERS)[number];
/** What the agent does meanwhile. */
export const LOADS = ['idle', 'draining'] as const;
export type Load = (typeof LOADS)[number];

/** One key that was typed at each, in turns, in milliseconds until its echo was read. */
export type Keystroke = { readonly load: Load } & Readonly<Record<Echoer, number>>;

const AIM_P99_MS = 20;
const WORDS: Readonly<Record<Echoer, string>> = {
  agent: '**agent**, its console',
  bash: 'bash, its line editor',
  cat: '`cat`: the way there and back',
};

/** Words what was measured. */
export function consoleAnswer(keys: readonly Keystroke[]): BenchAnswer {
  const loads = LOADS.filter((load) => keys.some((key) => key.load === load)).map((load) => {
    const of = keys.filter((key) => key.load === load);
    const echoes = ECHOERS.map((name) => {
      const ms = of.map((key) => key[name]);
      return { name, p50Ms: quantile(ms, 0.5), p99Ms: quantile(ms, 0.99), mostMs: Math.max(...ms) };
    });
    return { load, n: of.length, echoes };
  });
  const rows = loads.flatMap(({ load, n, echoes }) =>
    echoes.map(({ name, p50Ms, p99Ms, mostMs }) => [
      `${WORDS[name]}, agent ${load}`,
      ...[String(n), figure(p50Ms), figure(p99Ms), figure(mostMs)],
    ]),
  );
  return {
    figures: { aimP99Ms: AIM_P99_MS, loads },
    body: `${METHOD}\n\n${table(['key → echo, ms', 'n', 'p50', 'p99', 'most'], rows)}\n\nAim: p99 of the agent at most ${AIM_P99_MS} ms, also while it drains.`,
  };
}

const METHOD = `One key after the other on pseudo terminals of the kernel (socat), in turns at each of three programs, until its echo is read: the
bundled agent, which runs its console in its own process; bash with its line editor, as behind a getty; and \`cat\` in raw mode, which is what the
terminals and the processes of this measurement cost. Idle: the agent is online and has nothing to send. Draining: a backlog is on its way from
its outbox on the disk to the account, whose processes take turns on the same cores.`;
