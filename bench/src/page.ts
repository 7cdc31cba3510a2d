import { openChromium } from '@ewon-agent/e2e/chromium';
import type { Bench } from './bench.ts';
import { type ListsStage, listedSizes, openListsStage } from './lists-stage.ts';
import { startPageFloor } from './page-floor.ts';
import { type PageRun, pageAnswer } from './page-page.ts';
import { openVisitor, type Visitor, visitPage } from './page-visit.ts';
import { memoryOf } from './proc.ts';

const RUNS = 20;

type Visited = { readonly name: string; readonly url: string; readonly visitor: Visitor; readonly pid?: number };

/** How soon the account page is there with a large account, and answers. */
export const pageBench: Bench = {
  name: 'page',
  title: 'Page: the account page with 10,000 Ewons and 1,000,000 lines of the log',
  about: `${RUNS} first visits to each in Chromium, beside a bare page; about 8 minutes`,
  async run({ runs = RUNS, devices }, say) {
    const stages: ListsStage[] = [];
    const floor = await startPageFloor();
    const browser = await openChromium();
    try {
      const sizes = listedSizes(devices);
      for (const size of sizes) stages.push(await openListsStage(size, say));
      const visited: Visited[] = [{ name: 'bare page', url: floor.url, visitor: await openVisitor(browser) }];
      for (const [i, { database, ewons, lines }] of sizes.entries()) {
        const account = stages[i]?.account;
        if (!account) throw new Error('this is a bug: a size without a stage');
        visited.push({
          name: `${ewons.toLocaleString('en-GB')} Ewons, ${lines.toLocaleString('en-GB')} lines, ${database}`,
          url: account.adminUrl,
          visitor: await openVisitor(browser, account.signIn),
          pid: account.pid,
        });
      }
      const done: PageRun[] = [];
      for (let run = 1; run <= runs; run++)
        for (const { name, url, visitor, pid } of visited) {
          const visit = await visitPage(visitor, url);
          done.push({ of: name, ...visit, ...(pid !== undefined && { accountPssMib: memoryOf(pid).pssKib / 1024 }) });
          say(`${run}, ${name}: first row after ${visit.shownMs.toFixed(0)} ms, a key ${visit.keyMs.toFixed(0)} ms`);
        }
      return pageAnswer(done);
    } finally {
      await browser.close();
      await floor.stop();
      for (const stage of stages) await stage.close();
    }
  },
};
