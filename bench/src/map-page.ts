import type { BenchAnswer } from './bench.ts';
import { SPREAD_HEAD, spreadCells, table } from './report.ts';
import { spread } from './statistics.ts';

/** One first visit to the map. */
export type MapRun = {
  readonly devices: number;
  /** The icon alone, as the machine is: process, connection, one small answer, one painting. */
  readonly nothingMs: number;
  /** From the navigation to the painted map with all marks. */
  readonly drawnMs: number;
  /** From a click on a number to the painted nearer map. */
  readonly answeredMs: number;
  /** What the page's scripts hold, garbage collected. */
  readonly heapMib: number;
  readonly accountPssMib: number;
};

const AIM_MS = 1000;

/** Words what was measured. */
export function mapAnswer(runs: readonly MapRun[]): BenchAnswer {
  const fleets = [...Map.groupBy(runs, ({ devices }) => devices)].map(([devices, ofFleet]) => {
    const of = (take: (run: MapRun) => number) => spread(ofFleet.map(take));
    return {
      devices,
      usableMs: of(({ drawnMs, answeredMs }) => drawnMs + answeredMs),
      drawnMs: of((run) => run.drawnMs),
      answeredMs: of((run) => run.answeredMs),
      nothingMs: of((run) => run.nothingMs),
      heapMib: of((run) => run.heapMib),
      accountPssMib: of((run) => run.accountPssMib),
    };
  });
  const times = fleets.flatMap(({ devices, ...figures }) => {
    const name = `${devices.toLocaleString('en-GB')} Ewons`;
    return [
      [
        `navigation → drawn and a click answered, ${name}`,
        ...spreadCells(figures.usableMs),
        devices === 1000 ? `< ${AIM_MS}` : '',
      ],
      [`its first part: navigation → drawn, ${name}`, ...spreadCells(figures.drawnMs), ''],
      [`its second part: click → nearer map, ${name}`, ...spreadCells(figures.answeredMs), ''],
      [`*machine:* navigation → the icon alone, ${name}`, ...spreadCells(figures.nothingMs), ''],
    ];
  });
  const memory = fleets.flatMap(({ devices, heapMib, accountPssMib }) => {
    const name = `${devices.toLocaleString('en-GB')} Ewons`;
    return [
      [`heap of the page's scripts, ${name}`, ...spreadCells(heapMib)],
      [`PSS of the account, ${name}`, ...spreadCells(accountPssMib)],
    ];
  });
  return {
    figures: { aimMs: AIM_MS, fleets },
    body: `${METHOD}\n\n${table(['ms', ...SPREAD_HEAD, 'aim'], times)}\n\n${table(['MiB', ...SPREAD_HEAD], memory)}`,
  };
}

const METHOD = `Debian's Chromium without a window and without a GPU, 1,280 × 900, and \`account serve\` (SQLite) as processes of their own on
the same cores. Every Ewon has a place, an inventory, a health and a WAN message; the whole page is loaded, of which the map is one section
(\`/#map\`). Each visit has an empty cache: document, script, style, lists and outlines all come from the account. Times are taken in
the page: from the start of the navigation to the frame after land, marks and numbers are in the document, and from the click on the first
number to the frame after the nearer map is.`;
