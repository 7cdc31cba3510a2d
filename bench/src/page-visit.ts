import type { Browser, CDPSession, Page } from 'playwright-core';

// One first visit to a page with a list of Ewons, watched from within the page.

/** Where the page has what is waited for; the only place that knows. */
const ON_PAGE = {
  heading: 'h1',
  row: '#ewons tbody tr',
  search: '#ewons input[type=search]',
};
/** Pressed in the search of the Ewons: other Ewons are the first then, and some there are. */
const KEY = '7';
const MIB = 2 ** 20;

export type PageVisit = {
  /** From the navigation to the frame after heading and first row are in sight. */
  readonly shownMs: number;
  /** From a key that is pressed then to the frame in which the search shows it. */
  readonly keyMs: number;
  /** From that key to the frame in which the list is what it finds. */
  readonly foundMs: number;
  /** The longest that scripts kept the page busy until it had found. */
  readonly busyMs: number;
  /** What came over the network until the first row, and until it had found; heads of answers included. */
  readonly shownKib: number;
  readonly wholeKib: number;
  /** What the page's scripts hold, garbage collected. */
  readonly heapMib: number;
};

/** A page of its own, with cookies of its own, in which visits are made. */
export type Visitor = { readonly page: Page; readonly inspector: CDPSession };

/** @param signIn where it begins: a link that signs in */
export async function openVisitor(browser: Browser, signIn?: string): Promise<Visitor> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  if (signIn !== undefined) {
    await page.goto(signIn);
    await page.getByText('Live', { exact: true }).waitFor();
  }
  await page.addInitScript(watchPage, { ...ON_PAGE, key: KEY });
  return { page, inspector: await page.context().newCDPSession(page) };
}

/** Visits with an empty cache: nothing of the page is there before. */
export async function visitPage({ page, inspector }: Visitor, url: string): Promise<PageVisit> {
  await inspector.send('Network.clearBrowserCache');
  await page.goto('about:blank');
  const shown = told(page, 'shown');
  await page.goto(url, { waitUntil: 'commit' });
  const [shownMs, shownKib] = await shown;
  const [answered, found] = [told(page, 'answered'), told(page, 'found')];
  await page.locator(ON_PAGE.search).focus();
  await page.keyboard.press(KEY);
  const [keyMs] = await answered;
  const [foundMs, wholeKib, busyMs] = await found;
  await inspector.send('HeapProfiler.collectGarbage');
  const heapMib = (await inspector.send('Runtime.getHeapUsage')).usedSize / MIB;
  // what it keeps open must not take part in the next visit to another
  await page.goto('about:blank');
  return { shownMs, keyMs, foundMs, busyMs, shownKib, wholeKib, heapMib };
}

/** Waits without asking: a page that is polled has less time for itself. @returns milliseconds, KiB, milliseconds */
async function told(page: Page, what: 'shown' | 'answered' | 'found'): Promise<readonly [number, number, number]> {
  const line = await page.waitForEvent('console', (message) => message.text().startsWith(`bench ${what} `));
  const [ms = Number.NaN, kib = Number.NaN, busyMs = Number.NaN] = line.text().split(' ').slice(2).map(Number);
  return [ms, kib, busyMs];
}

/** Runs in the page, before its own script. */
function watchPage({ heading, row, search, key }: typeof ON_PAGE & { readonly key: string }): void {
  let busyMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) busyMs = Math.max(busyMs, duration);
  }).observe({ type: 'longtask', buffered: true });
  const cameKib = (): number =>
    performance
      .getEntries()
      .reduce((sum, entry) => sum + ('transferSize' in entry ? Number(entry.transferSize) : 0), 0) / 1024;
  const sayPainted = (what: string, sinceMs: number): void =>
    void requestAnimationFrame(() =>
      setTimeout(() => console.debug('bench', what, performance.now() - sinceMs, cameKib(), busyMs)),
    );
  const inSight = (selector: string): boolean => document.querySelector(selector)?.checkVisibility() === true;
  const firstRow = (): string | undefined => document.querySelector(row)?.textContent;
  let shown = false;
  let pressedAtMs: number | undefined;
  let before: string | undefined;
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== key) return;
      [pressedAtMs, before] = [event.timeStamp, firstRow()];
    },
    { capture: true },
  );
  addEventListener(
    'input',
    ({ target }) => {
      if (pressedAtMs !== undefined && document.querySelector(search) === target) sayPainted('answered', pressedAtMs);
    },
    { capture: true },
  );
  new MutationObserver(() => {
    if (!shown) {
      shown = inSight(row) && inSight(heading);
      if (shown) sayPainted('shown', 0);
    } else if (pressedAtMs !== undefined && firstRow() !== undefined && firstRow() !== before) {
      sayPainted('found', pressedAtMs);
      pressedAtMs = undefined;
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}
