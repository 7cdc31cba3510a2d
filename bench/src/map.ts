import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillWithFleet, locatedFleet } from '@ewon-agent/account/testing/located-fleet';
import { timestampOf } from '@ewon-agent/contracts';
import { startAccountProcess } from '@ewon-agent/e2e/account-process';
import { openChromium } from '@ewon-agent/e2e/chromium';
import type { CDPSession, Page } from 'playwright-core';
import type { Bench } from './bench.ts';
import { type MapRun, mapAnswer } from './map-page.ts';
import { memoryOf } from './proc.ts';

const RUNS = 20;
const FLEETS = [1000, 5000] as const;
const MIB = 2 ** 20;

/** How soon the map of the account page is there, and answers. */
export const mapBench: Bench = {
  name: 'map',
  title: 'Map: 1,000 and 5,000 Ewons on the account page',
  about: `${RUNS} first visits with each fleet in Chromium, about 2 minutes`,
  async run({ runs = RUNS, devices }, say) {
    const done: MapRun[] = [];
    for (const fleet of devices === undefined ? FLEETS : [devices]) {
      done.push(...(await visits(fleet, runs)));
      say(
        `${fleet} Ewons: ${JSON.stringify(done.slice(-runs).map(({ drawnMs }) => Math.round(drawnMs)))} ms until drawn`,
      );
    }
    return mapAnswer(done);
  },
};

async function visits(devices: number, runs: number): Promise<readonly MapRun[]> {
  const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
  const args = ['--log-level', 'error'];
  try {
    await (await startAccountProcess(dir, args)).kill();
    await fillWithFleet(dir, locatedFleet(devices, timestampOf(Date.now())));
    const account = await startAccountProcess(dir, args);
    const browser = await openChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.addInitScript(watchMap);
      await page.goto(account.signIn);
      await page.getByText('Live', { exact: true }).waitFor();
      const inspector = await page.context().newCDPSession(page);
      const done: MapRun[] = [];
      for (let run = 1; run <= runs; run++)
        done.push({
          devices,
          ...(await visit(page, inspector, account.adminUrl)),
          accountPssMib: memoryOf(account.pid).pssKib / 1024,
        });
      return done;
    } finally {
      await browser.close();
      await account.kill();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** One visit with an empty cache: nothing of the page and none of the outlines is there before. */
async function visit(
  page: Page,
  inspector: CDPSession,
  adminUrl: string,
): Promise<Omit<MapRun, 'devices' | 'accountPssMib'>> {
  await inspector.send('Network.clearBrowserCache');
  await page.goto('about:blank');
  await page.goto(`${adminUrl}/icon.svg`);
  const nothingMs = await page.evaluate(() => performance.timing.loadEventEnd - performance.timing.navigationStart);
  await inspector.send('Network.clearBrowserCache');
  await page.goto('about:blank');
  const drawn = told(page, 'drawn');
  await page.goto(`${adminUrl}/#map`, { waitUntil: 'commit' });
  const drawnMs = await drawn;
  const answered = told(page, 'answered');
  await page.locator('.map-window .cluster').first().click();
  const answeredMs = await answered;
  await inspector.send('HeapProfiler.collectGarbage');
  const heapMib = (await inspector.send('Runtime.getHeapUsage')).usedSize / MIB;
  return { nothingMs, drawnMs, answeredMs, heapMib };
}

/** Waits without asking: a page that is polled has less time for itself. @returns milliseconds */
async function told(page: Page, what: 'drawn' | 'answered'): Promise<number> {
  const line = await page.waitForEvent('console', (message) => message.text().startsWith(`bench ${what} `));
  return Number(line.text().split(' ')[2]);
}

/** Runs in the page, before its own script: notes when the map was painted, and how long after a click another one was. */
function watchMap(): void {
  const sayPainted = (what: string, sinceMs: number): void =>
    void requestAnimationFrame(() => setTimeout(() => console.debug('bench', what, performance.now() - sinceMs)));
  let clickedAtMs: number | undefined;
  let drawn = false;
  addEventListener('click', (event) => (clickedAtMs = event.timeStamp), { capture: true });
  new MutationObserver(() => {
    if (!drawn) {
      drawn = document.querySelector('.map-frame[data-drawn=yes] :is(.cluster, .mark)') !== null;
      if (drawn) sayPainted('drawn', 0);
    } else if (clickedAtMs !== undefined) {
      sayPainted('answered', clickedAtMs);
      clickedAtMs = undefined;
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}
