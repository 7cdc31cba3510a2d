import type { BenchAnswer } from './bench.ts';
import { SPREAD_HEAD, spreadCells, table } from './report.ts';
import { spread } from './statistics.ts';

/** One start of each kind, in milliseconds. */
export type StartRun = {
  /** `node -e 0`, from start to end. */
  readonly nodeMs: number;
  /** With an empty state: the agent makes its key and its certificate request first. */
  readonly firstWatchingMs: number;
  readonly watchingMs: number;
  readonly onlineMs: number;
};

/** Words what was measured. */
export function startAnswer(runs: readonly StartRun[]): BenchAnswer {
  const of = (figure: keyof StartRun) => spread(runs.map((run) => run[figure]));
  const figures = {
    nodeMs: of('nodeMs'),
    firstStartToWatchingMs: of('firstWatchingMs'),
    savedStateToWatchingMs: of('watchingMs'),
    savedStateToOnlineMs: of('onlineMs'),
  };
  const rows = [
    ['`node -e 0`, start to end', ...spreadCells(figures.nodeMs)],
    ['agent, first start → watches its slots', ...spreadCells(figures.firstStartToWatchingMs)],
    ['agent, registered → watches its slots', ...spreadCells(figures.savedStateToWatchingMs)],
    ['agent, registered → online', ...spreadCells(figures.savedStateToOnlineMs)],
  ];
  return { figures, body: `${METHOD}\n\n${table(['ms', ...SPREAD_HEAD], rows)}\n\n${AIMED}` };
}

const AIMED = 'Aim: registered → online within 600 ms at the median, and TLS, which is in these figures.';

const METHOD = `The bundled agent, started as a process in turns with bare Node, with the files in the page cache. It watches its slots when
its control socket takes a connection (asked every 2 ms), and is online when it says \`UPLINK_ONLINE\`: over TLS, after it has
found out which MQTT the embedded broker speaks.`;
