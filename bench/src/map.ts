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
      const told = await page.context().newCDPSession(page);
      const done: MapRun[] = [];
      for (let run = 1; run <= runs; run++)
        done.push({
          devices,
          ...(await visit(page, told, account.adminUrl)),
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
  told: CDPSession,
  adminUrl: string,
): Promise<Omit<MapRun, 'devices' | 'accountPssMib'>> {
  await told.send('Network.clearBrowserCache');
  await page.goto('about:blank');
  await page.goto(`${adminUrl}/icon.svg`);
  const nothingMs = await page.evaluate(() => performance.timing.loadEventEnd - performance.timing.navigationStart);
  await told.send('Network.clearBrowserCache');
  await page.goto('about:blank');
  await page.goto(`${adminUrl}/#map`, { waitUntil: 'commit' });
  const drawnMs = await seen(page, 'drawnMs');
  await page.locator('.map-window .cluster').first().click();
  const answeredMs = await seen(page, 'answeredMs');
  await told.send('HeapProfiler.collectGarbage');
  const heapMib = (await told.send('Runtime.getHeapUsage')).usedSize / MIB;
  return { nothingMs, drawnMs, answeredMs, heapMib };
}

async function seen(page: Page, name: 'drawnMs' | 'answeredMs'): Promise<number> {
  const ms = await page.waitForFunction((which) => Reflect.get(window, which), name, { polling: 5 });
  return Number(await ms.jsonValue());
}

/** Runs in the page, before its own script: notes when the map was painted, and how long after a click another one was. */
function watchMap(): void {
  const painted = (tell: () => void): void => void requestAnimationFrame(() => setTimeout(tell));
  let clickedAt: number | undefined;
  addEventListener('click', (event) => (clickedAt = event.timeStamp), { capture: true });
  new MutationObserver(() => {
    const drawn = document.querySelector('.map-frame[data-drawn=yes]') !== null;
    const numbers = document.querySelectorAll('.map-window .cluster, .map-window .mark').length;
    if (drawn && numbers > 0 && !Reflect.has(window, 'drawnMs')) {
      Reflect.set(window, 'drawnMs', 0);
      painted(() => Reflect.set(window, 'drawnMs', performance.now()));
    } else if (clickedAt !== undefined && !Reflect.has(window, 'answeredMs')) {
      const from = clickedAt;
      Reflect.set(window, 'answeredMs', 0);
      painted(() => Reflect.set(window, 'answeredMs', performance.now() - from));
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}
