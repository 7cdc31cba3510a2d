import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';

/** What a browser was seen doing: what it complained about, and every host it asked. */
export type Watched = { readonly complaints: string[]; readonly hosts: Set<string> };

type PageOptions = Parameters<Browser['newPage']>[0];

/** Opens a page whose complaints and requests are kept. */
export async function openWatchedPage(browser: Browser, watched: Watched, options: PageOptions = {}): Promise<Page> {
  const { complaints, hosts } = watched;
  const opened = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  opened.on('pageerror', (error) => complaints.push(String(error)));
  opened.on('console', (message) => {
    // a refused request is what some tests are about, and the browser notes each
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  opened.on('request', (request) => hosts.add(new URL(request.url()).host || request.url().slice(0, 5)));
  opened.on('dialog', (dialog) => {
    complaints.push(`a script ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return opened;
}

/** The boxes that are wider than they may be, so that something is cut off or sticks out of its box. */
export function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.panel, .card, .top, dialog[open], tr')]
      .filter((box) => box.scrollWidth > box.clientWidth + 1)
      .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth} > ${box.clientWidth}`),
  );
}

/** What axe-core finds serious or critical in a part of a page, each as its rule and the elements. @param within a CSS selector */
export async function seriousFindings(page: Page, within: string): Promise<readonly string[]> {
  await page.evaluate(readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8'));
  const { violations } = await page.evaluate(
    async (part): Promise<AxeAnswer> => Reflect.get(window, 'axe').run(part, { resultTypes: ['violations'] }),
    within,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

type AxeAnswer = {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
};
