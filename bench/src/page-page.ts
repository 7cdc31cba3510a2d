import type { BenchAnswer } from './bench.ts';
import type { PageVisit } from './page-visit.ts';
import { SPREAD_HEAD, spreadCells, table } from './report.ts';
import { spread } from './statistics.ts';

/** One first visit. `of`: what was visited, the bare page among it, which has no account behind it. */
export type PageRun = PageVisit & { readonly of: string; readonly accountPssMib?: number };

const AIM_MS = 1000;

/** Words what was measured. */
export function pageAnswer(runs: readonly PageRun[]): BenchAnswer {
  const pages = [...Map.groupBy(runs, ({ of }) => of)].map(([of, visits]) => {
    const take = (figure: (visit: PageRun) => number) => spread(visits.map(figure));
    const pss = visits.flatMap(({ accountPssMib }) => accountPssMib ?? []);
    return {
      of,
      isAccount: pss.length > 0,
      interactiveMs: take(({ shownMs, keyMs }) => shownMs + keyMs),
      shownMs: take((visit) => visit.shownMs),
      keyMs: take((visit) => visit.keyMs),
      foundMs: take((visit) => visit.foundMs),
      busyMs: take((visit) => visit.busyMs),
      shownKib: take((visit) => visit.shownKib),
      wholeKib: take((visit) => visit.wholeKib),
      heapMib: take((visit) => visit.heapMib),
      ...(pss.length > 0 && { accountPssMib: spread(pss) }),
    };
  });
  const times = pages.flatMap((page) => [
    [
      `navigation → first row, and a key answered, ${page.of}`,
      ...spreadCells(page.interactiveMs),
      page.isAccount ? `< ${AIM_MS}` : '',
    ],
    [`its first part: navigation → first row, ${page.of}`, ...spreadCells(page.shownMs), ''],
    [`its second part: key → it is shown, ${page.of}`, ...spreadCells(page.keyMs), ''],
    [`key → the list is what was searched for, ${page.of}`, ...spreadCells(page.foundMs), ''],
    [`longest that scripts kept it busy, ${page.of}`, ...spreadCells(page.busyMs), ''],
  ]);
  const bytes = pages.flatMap((page) => [
    [`KiB transferred until the first row, ${page.of}`, ...spreadCells(page.shownKib)],
    [`KiB transferred until the list was searched, ${page.of}`, ...spreadCells(page.wholeKib)],
    [`MiB heap of the page's scripts, ${page.of}`, ...spreadCells(page.heapMib)],
    ...(page.accountPssMib ? [[`MiB PSS of the account, ${page.of}`, ...spreadCells(page.accountPssMib)]] : []),
  ]);
  return {
    figures: { aimMs: AIM_MS, pages },
    body: [METHOD, table(['ms', ...SPREAD_HEAD, 'aim'], times), table(['size', ...SPREAD_HEAD], bytes)].join('\n\n'),
  };
}

const METHOD = `Debian's Chromium without a window and without a GPU, 1,280 × 900, and each \`account serve\` as processes of their own on the same
cores. Signed in; each visit has an empty cache, and the pages take turns. Times are taken in the page: from the start of the navigation to the
frame after heading and first row of the Ewons are in sight, and from a key that is pressed in their search then to the frame after it is there.
Scripts that keep a page busy for less than 50 ms count as 0. Beside it as the floor, a page of one file with a table of 50 rows and a search over
it from a bare Node process, watched by the same means.`;
