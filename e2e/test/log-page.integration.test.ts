import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import { fillWithLists } from '@ewon-agent/account/testing/listed-fleet';
import { DAY_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page, Route } from 'playwright-core';
import { openChromium, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// The log, read as an administrator does, in Chromium against the real account server: row 18 of the systems of the account page. The
// tests tell one story and follow one another.

/** Enough that a search for what is in none of them takes two steps. */
const LINES = 10_500;

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
const watched: Watched = { complaints: [], hosts: new Set() };

const log = () => page.locator('#log');
const box = () => log().getByRole('region', { name: 'Lines' });
const events = () => log().locator('td.event');
const button = (name: string | RegExp) => log().getByRole('button', { name, exact: typeof name === 'string' });
const shown = (count: number) =>
  log()
    .getByText(count === 1 ? '1 line is shown.' : `${count} lines are shown.`)
    .waitFor();
const event = (text: string) => events().filter({ hasText: text }).first();
/** Waits until every line has this name. */
const onlyNamed = (name: string) =>
  page.waitForFunction((one) => {
    const names = [...document.querySelectorAll('#log td.name')];
    return names.length > 0 && names.every(({ textContent }) => textContent === one);
  }, name);
/** Something happens in the account, and is written into its log. */
const happens = async (pool: string) =>
  assert.equal((await account.admin('POST', 'pools', { name: pool })).status, 200);

suite('the page: log', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-log-page-'));
    account = await openAccountFixture({ stateDir, page: registerPage });
    const nowMs = account.clock.now();
    await account.close();
    await fillWithLists({ stateDir }, { ewons: 20, lines: LINES }, nowMs - DAY_MS);
    account = await openAccountFixture({ stateDir, page: registerPage });
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
    await page.goto(await account.account.makeSignInLink());
    await log().getByRole('table').waitFor();
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('the newest lines are there; what happens meanwhile appears in front of them', async () => {
    await shown(100);
    await happens('First');
    await events().first().filter({ hasText: 'Pool [First] was added' }).waitFor();
    assert.equal(await events().count(), 100);
    assert.deepEqual(await seriousFindings(page, '#log'), []);
    await photographPart(log(), 'log-1-detailed');
  });

  test('whoever has scrolled reads on, and is told how many new lines there are', async () => {
    await box().focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => (document.querySelector('#log .lines')?.scrollTop ?? 0) > 100);
    await happens('Second');
    await button('1 new line').waitFor();
    await happens('Third');
    await button('2 new lines').waitFor();
    assert.equal(await event('Pool [Third]').count(), 0);
    await button('2 new lines').press('Enter');
    await events().first().filter({ hasText: 'Pool [Third] was added' }).waitFor();
    await button(/new line/).waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.querySelector('#log .lines')?.scrollTop === 0);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Lines');
  });

  test('pages are turned to older lines and back, and new lines do not move them', async () => {
    const times = () => log().locator('td time').allTextContents();
    const turnedFrom = async (before: readonly string[]) => {
      await page.waitForFunction((top) => document.querySelector('#log td time')?.textContent !== top, before[0]);
      return times();
    };
    const first = await times();
    await button('Older lines').click();
    const second = await turnedFrom(first);
    assert.ok(String(second[0]) < String(first.at(-1)), `${second[0]} is older than ${first.at(-1)}`);
    await happens('Fourth');
    await button('Older lines').click();
    const third = await turnedFrom(second);
    assert.ok(String(third[0]) < String(second.at(-1)));
    await button('Newer lines').click();
    assert.deepEqual(await turnedFrom(third), second);
    await button('Newest lines').click();
    await event('Pool [Fourth]').waitFor();
    assert.deepEqual((await times()).slice(1), first.slice(0, -1));
  });

  test('sorted by a column, and with the columns a person chose, also at the next visit', async () => {
    await button(/^Who/).click();
    await log().locator('th[aria-sort=ascending]').filter({ hasText: 'Who' }).waitFor();
    await button(/^Who/).click();
    await log().locator('th[aria-sort=descending]').filter({ hasText: 'Who' }).waitFor();
    assert.deepEqual([...new Set(await log().locator('td:nth-child(3)').allTextContents())], ['User']);
    await log().getByText('Columns').click();
    await log().getByLabel('Code', { exact: true }).check();
    await log().getByLabel('Who', { exact: true }).uncheck();
    await page.reload();
    await log().getByRole('table').waitFor();
    assert.deepEqual(await log().locator('thead th').allTextContents(), ['Time', 'Name', 'Kind', 'Event', 'Code']);
  });

  test('filters: kind, words whatever the case of their letters, an Ewon, a time; and all of them cleared', async () => {
    await happens('Kühlung');
    await log().getByLabel('Words').fill('KÜHLUNG');
    await shown(1);
    await event('Pool [Kühlung] was added').waitFor();
    await log().getByLabel('Show', { exact: true }).selectOption('Errors');
    await log().getByText('No line of the log is like that.').waitFor();
    assert.deepEqual(await seriousFindings(page, '#log'), []);
    await button('Clear all filters').click();
    await shown(100);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'log-title');
    assert.equal(await log().getByLabel('Words').inputValue(), '');
    await log().getByLabel('Ewon', { exact: true }).fill('press 2');
    await onlyNamed('Press 2');
    // none is listed as this, and there are lines of one that was called so
    await log().getByLabel('Ewon', { exact: true }).fill('Press 1');
    await log().getByText('No Ewon is called that').waitFor();
    await onlyNamed('Press 1');
    await log().getByLabel('Ewon', { exact: true }).fill('');
    await log().getByText('No Ewon is called that').waitFor({ state: 'detached' });
    await shown(100);
    assert.equal((await account.admin('POST', 'users', { login: 'User3', password: 'secret 12' })).status, 200);
    await log().getByLabel('User', { exact: true }).focus();
    await log().locator('datalist option[value=User3]').waitFor({ state: 'attached' });
    await log().getByLabel('User', { exact: true }).fill('administrator');
    await onlyNamed('administrator');
    await log().getByLabel('User', { exact: true }).fill('user4');
    await onlyNamed('user4');
    assert.deepEqual(await seriousFindings(page, '#log'), []);
    await log().getByLabel('User', { exact: true }).fill('');
    await shown(100);
    await log().getByLabel('From', { exact: true }).fill('2026-02-28T11:59');
    await log().getByLabel('To', { exact: true }).fill('2026-02-28T12:01');
    await shown(2); // one line every half minute, the last one half a minute before noon
    assert.equal(await events().count(), 2);
    await button('Clear all filters').click();
    await shown(100);
  });

  test('a search through all of it goes on by itself, tells how far it is, and is stopped and goes on', async () => {
    const waiting: Route[] = [];
    let asked = () => {};
    // each step but the first waits until it is let through: what is between them is seen for certain
    await page.route(/log\/lines\?.*after=/, (route) => {
      waiting.push(route);
      asked();
    });
    const step = async () => {
      if (waiting.length === 0) await new Promise<void>((resolve) => (asked = resolve));
      return waiting.shift();
    };
    await log().getByLabel('Words').fill('there-is-no-such-word');
    await log().getByText('Looked through 10,000 lines so far, found 0.').waitFor();
    await step();
    await button('Stop').click();
    await log().getByText('Stopped after 10,000 lines.').waitFor();
    await log().getByText('No line is like that so far.').waitFor();
    await photographPart(log(), 'log-2-stopped');
    await button('Go on looking').click();
    await (await step())?.continue();
    await log().getByText('No line of the log is like that.').waitFor();
    await page.unroute(/log\/lines\?.*after=/);
    await happens('there-is-no-such-word');
    await event('Pool [there-is-no-such-word] was added').waitFor();
    await button('Clear all filters').click();
    await shown(100);
  });

  test('raw: in the documented order, oldest first, live at its end', async () => {
    await log().getByLabel('View').selectOption('Raw');
    const raw = log().locator('pre');
    await raw.waitFor();
    await happens('Raw');
    const line = /^2026-03-01; \d\d:\d\d:\d\d; administrator; User; Pool \[Raw\] was added\.$/;
    await raw.filter({ hasText: 'Pool [Raw] was added' }).waitFor();
    const lines = ((await raw.textContent()) ?? '').split('\n');
    assert.match(lines.at(-1) ?? '', line);
    assert.equal(lines.length, 100);
    assert.ok(await page.evaluate(() => (document.querySelector('#log .lines')?.scrollTop ?? 0) > 100), 'at its end');
    assert.deepEqual(await seriousFindings(page, '#log'), []);
    await photographPart(log(), 'log-3-raw');
    await log().getByLabel('From', { exact: true }).fill('2026-02-28T11:30');
    await page.waitForFunction(() => (document.querySelector('#log pre')?.textContent ?? '').split('\n').length < 90);
    for (const name of ['Raw 2', 'Raw 3']) {
      await happens(name);
      await raw.filter({ hasText: `Pool [${name}] was added` }).waitFor();
    }
    assert.equal(await button(/new line/).count(), 0, 'who reads at the end goes along');
    await button('Clear all filters').click();
    await shown(100);
    await log().getByLabel('View').selectOption('Detailed');
  });

  test('files have what is filtered: detailed for spreadsheets, and raw', async () => {
    await log().getByLabel('Words').fill('kühlung');
    await shown(1);
    for (const [name, pattern] of [
      [
        'Export .csv',
        /^\ufeffat,name,subject,severity,code,event,deviceId,kind\r\n[^\n]*Pool \[Kühlung\] was added[^\n]*\n$/,
      ],
      ['Export as text', /^2026-03-01; \d\d:\d\d:\d\d; administrator; User; Pool \[Kühlung\] was added\.\r\n$/],
    ] as const) {
      const coming = page.waitForEvent('download');
      await log().getByRole('link', { name }).click();
      await page.getByRole('status').filter({ hasText: 'The file is on its way' }).waitFor();
      assert.match(await readFile(await (await coming).path(), 'utf8'), pattern);
    }
    await button('Clear all filters').click();
  });

  test('what is said a second time is said for as long again', async () => {
    const opened = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
    await opened.clock.install();
    await opened.goto(await account.account.makeSignInLink());
    const link = opened.locator('#log').getByRole('link', { name: 'Export .csv' });
    const said = opened.getByRole('status').filter({ hasText: 'The file is on its way' });
    await link.waitFor();
    await opened.clock.pauseAt(Date.now() + 60_000);
    for (let times = 0; times < 2; times += 1) {
      await link.click();
      await said.waitFor();
      await opened.clock.runFor(6000);
    }
    assert.equal(await said.count(), 1);
    await opened.clock.runFor(3000);
    assert.equal(await said.count(), 0);
    await opened.close();
  });

  test('how long lines are kept is shown and changed', async () => {
    await log().getByText('How long lines are kept').click();
    await log().getByText('the newest 100,000,000 lines; lines about users and decisions for 400 days.').waitFor();
    await log().getByLabel('Lines that Ewons cause').fill('50000');
    await log().getByLabel('Days of these').fill('365');
    await log().getByLabel('Days of lines about users').fill('800');
    await button('Keep so many').click();
    await log()
      .getByText('the newest 50,000 lines, for 365 days; lines about users and decisions for 800 days.')
      .waitFor();
    assert.deepEqual((await account.admin('GET', 'log/retention')).json, {
      ...{ lines: 50_000, days: 365, auditDays: 800 },
    });
    assert.deepEqual(await seriousFindings(page, '#log details form'), []);
  });

  test('on a phone nothing is cut off', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await cutOff(page), []);
    await log().getByLabel('Sort by').selectOption('Name');
    await button('Turn the order round').click();
    await log()
      .locator('td.name')
      .first()
      .filter({ hasText: /^user8$/ })
      .waitFor();
    await photographPart(log(), 'log-4-phone');
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual([...watched.hosts], [new URL(account.account.adminUrl).host]);
  });
});
