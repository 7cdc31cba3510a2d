import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture, START_MS } from '@ewon-agent/account/testing/account-fixture';
import { createMemoryBroker } from '@ewon-agent/account/testing/broker-memory';
import { type FleetMember, fillWithFleet, locatedFleet } from '@ewon-agent/account/testing/located-fleet';
import { linked, pending } from '@ewon-agent/account/testing/stories';
import { timestampOf } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// The list of Ewons with more of them than a page holds, in Chromium against the real account server: pages, what changes under
// the eyes, many at once, and what may be ordered of one. The tests tell one story and follow one another.

const DEVICES = 130;
const broker = createMemoryBroker();

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
/** Lets the broker lock out so many more Ewons; the next one is held until `letGo`. */
const gate = { left: Number.POSITIVE_INFINITY, letGo: () => {} };
const watched: Watched = { complaints: [], hosts: new Set() };

function theFleet(): readonly FleetMember[] {
  const at = timestampOf(START_MS - 300_000);
  return locatedFleet(DEVICES, at).map(({ ewon, location }, i): FleetMember => {
    if (i === 0) return { ewon: { ...ewon, quarantinedAt: at }, location };
    if (i === 1) return { ewon: { ...ewon, renewalAskedAt: at }, location };
    return { ewon: { ...ewon, online: i % 5 !== 4, firmware: i < 60 ? '14.9s3' : '22.1s3' }, location };
  });
}

const list = () => page.getByRole('region', { name: 'Ewons' });
const row = (name: string) =>
  list()
    .getByRole('row')
    .filter({ has: page.getByLabel(`Select ${name}`, { exact: true }) });
const rows = () => list().getByRole('rowheader');
const countsRows = (count: number) =>
  eventually(async () => (await rows().count()) === count, { what: `${count} rows` });
const button = (name: string) => list().getByRole('button', { name, exact: true });
const choice = (name: string) => list().getByRole('combobox', { name, exact: true });
const question = () => page.getByRole('dialog');
const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
/** What is asked, about the list unless told, is held back, as by a server that is slow, until it is let go. */
const holdsQuestions = async (asked = '**/api/v1/ewons?*'): Promise<() => Promise<void>> => {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(asked, async (route) => {
    await held;
    await route.continue();
  });
  return async () => {
    letGo();
    // not unroute, which does not wait for who is under way
    await page.unrouteAll({ behavior: 'wait' });
  };
};
const asksBeforeLeaving = () =>
  page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
const idOf = (name: string) => theFleet().find(({ ewon }) => ewon.name === name)?.ewon.deviceId;
const tell = (name: string, channel: string, seq: number, body: object) => {
  const { deviceId } = theFleet().find(({ ewon }) => ewon.name === name)?.ewon ?? {};
  return broker.send(`ewon/v1/${account.account.accountId}/${deviceId}/up/${channel}`, {
    ...{ v: 1, at: new Date(account.clock.now()).toISOString(), epoch: 'e1', seq },
    ...body,
  });
};

suite('the page: the list of Ewons', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-ewons-page-'));
    await (await openAccountFixture({ stateDir })).close();
    await fillWithFleet(stateDir, theFleet());
    account = await openAccountFixture({
      ...{ stateDir, page: registerPage },
      startBroker: async (needs) => {
        const started = await broker.start(needs);
        const revoke: typeof started.revoke = async (device) => {
          gate.left -= 1;
          if (gate.left < 0) await new Promise<void>((resolve) => Object.assign(gate, { letGo: resolve }));
          await started.revoke(device);
        };
        return { ...started, revoke };
      },
    });
    await account.admin('POST', 'pools', { name: 'North' });
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
    await page.addInitScript(() => {
      const Real = window.EventSource;
      window.EventSource = class extends Real {
        constructor(url: string | URL) {
          super(url);
          Object.assign(window, { stream: this });
        }
      };
    });
  });
  test.after(async () => {
    gate.letGo();
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('the page asks for one page of the list, whatever the number of Ewons, and for no places that nobody looks at', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().replace(account.account.adminUrl, '')));
    await page.goto(await account.account.makeSignInLink());
    await row('Pump 0003').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await list().getByText(`of ${DEVICES} online`).waitFor();
    const ofEwons = new Set(asked.filter((path) => path.startsWith('/api/v1/ewons')));
    assert.deepEqual([...ofEwons].toSorted(), ['/api/v1/ewons/counts', '/api/v1/ewons?sort=name&order=up&limit=50']);
    assert.equal(await rows().count(), 50);
  });

  test('pages are turned forwards and backwards, and as many rows are shown as a person wants', async () => {
    await list().getByText(`1–50 of ${DEVICES}`).waitFor();
    assert.ok(await button('Previous page').isDisabled());
    await button('Next page').click();
    await list().getByText(`51–100 of ${DEVICES}`).waitFor();
    await row('Pump 0051').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'ewons-title');
    await button('Next page').click();
    await row('Pump 0130').waitFor();
    assert.equal(await rows().count(), DEVICES - 100);
    assert.ok(await button('Next page').isDisabled());
    await photographPart(list(), 'ewons-1-last-page');
    await button('Previous page').click();
    await row('Pump 0051').waitFor();
    await choice('Rows').selectOption('200');
    await countsRows(DEVICES);
    await choice('Rows').selectOption('50');
    await countsRows(50);
  });

  test('what an Ewon says is in its row at once, before the list is read again, and in the numbers soon after', async () => {
    const title = async () => (await list().getByRole('heading').first().textContent()) ?? '';
    const online = async () => Number(/(\d+) of/.exec(await title())?.[1]);
    const before = await online();
    assert.match((await row('Pump 0005').textContent()) ?? '', /Offline/);
    const letGo = await holdsQuestions();
    await tell('Pump 0005', 'status', 10, { state: 'online', agent: '0.1.0', bootId: 'b1', bootCount: 1 });
    await row('Pump 0005').getByText('Online', { exact: true }).waitFor();
    await tell('Pump 0005', 'event', 11, { code: 'WAN_PORTAL', severity: 'error', text: 'A sign-in page answers.' });
    await row('Pump 0005').getByText('1 alarm').waitFor();
    await letGo();
    await eventually(async () => (await online()) === before + 1 && /1 alarm/.test(await title()), {
      what: 'the numbers',
    });
  });

  test('filters have their numbers; what is found is selected as a whole and moved, with its progress', async () => {
    const firmware = choice('Firmware');
    await firmware.selectOption({ label: '22.1s3 (70)' });
    await list().getByText('1–50 of 70').waitFor();
    await list().getByLabel('Select all that are shown').check();
    await list().getByText('50 selected').waitFor();
    await button('Select all 70 that are found').click();
    await page.waitForFunction(() => document.activeElement?.id === 'ewons-title');
    await list().getByText('70 selected').waitFor();
    assert.deepEqual(await seriousFindings(page, '#ewons'), []);
    await photographPart(list(), 'ewons-2-all-that-are-found');
    await list().getByLabel('Move to pool').selectOption('North');
    const letGo = await holdsQuestions('**/api/v1/ewons/bulk');
    await button('Move 70').click();
    await list().getByText('0 of 70 done').waitFor();
    // who looks at others meanwhile can still stop it
    await firmware.selectOption('');
    await list().getByText(`1–50 of ${DEVICES}`).waitFor();
    await list().getByText('70 selected').waitFor();
    await button('Stop').waitFor();
    // who leaves the page now stops it, and is asked before
    assert.ok(await asksBeforeLeaving());
    await letGo();
    await said('70 Ewons were moved.');
    assert.ok(!(await asksBeforeLeaving()));
    await button('Stop').waitFor({ state: 'detached' });
    await choice('Pool').selectOption({ label: 'North (70)' });
    await list().getByText('1–50 of 70').waitFor();
    assert.equal((await account.admin('GET', 'ewons/counts')).json.by.pool.North, 70);
  });

  test('a question about all that are found keeps its number: when others came nothing is done, and it is asked anew', async () => {
    await list().getByLabel('Select all that are shown').check();
    await button('Select all 70 that are found').click();
    await button('Remove').click();
    await list().getByText('Remove 70 Ewons?').waitFor();
    await account.admin('PATCH', `ewons/${idOf('Pump 0001')}`, { pool: 'North' });
    await list().getByText('1–50 of 71').waitFor();
    await list().getByText('Remove 70 Ewons?').waitFor();
    await button('Remove them').click();
    await list().getByText('BULK_COUNT_CHANGED').waitFor();
    await list().getByText('Remove 71 Ewons?').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Remove 71 Ewons?'));
    assert.equal((await account.admin('GET', 'ewons/counts')).json.by.pool.North, 71);
    await button('Cancel').click();
    // a button names its number as well, and the list is not read again before it is pressed
    const letGo = await holdsQuestions();
    await account.admin('PATCH', `ewons/${idOf('Pump 0001')}`, { pool: 'Default' });
    await list().getByLabel('Move to pool').selectOption('Default');
    await button('Move 71').click();
    await list().getByText('(70 found, the order is for 71)').waitFor();
    await letGo();
    await button('Move 70').waitFor();
    assert.equal((await account.admin('GET', 'ewons/counts')).json.by.pool.North, 70);
    await button('Select none').click();
    await list().getByText('BULK_COUNT_CHANGED').waitFor({ state: 'detached' });
  });

  test('who is removed by somebody else is not selected any more; who cannot be removed is named', async () => {
    for (const name of ['Pump 0062', 'Pump 0063', 'Pump 0064']) await row(name).getByRole('checkbox').check();
    await account.admin('DELETE', `ewons/${idOf('Pump 0062')}`);
    await list().getByText('2 selected').waitFor();
    await button('Remove').click();
    const letGo = await holdsQuestions('**/api/v1/ewons/bulk-forget');
    await button('Remove them').click();
    await list().getByText('0 of 2 done').waitFor();
    await account.admin('DELETE', `ewons/${idOf('Pump 0063')}`);
    await letGo();
    await said('1 Ewon was removed, 1 was not.');
    const failures = list().getByRole('region', { name: 'Not done, and why' });
    assert.match((await failures.getByRole('listitem').textContent()) ?? '', /^Pump 0063 NOT_FOUND /);
    await list()
      .getByText(/selected$/)
      .waitFor({ state: 'detached' });
  });

  test('what is stopped says how far it came, and keeps the others selected', async () => {
    for (const name of ['Pump 0065', 'Pump 0066', 'Pump 0067']) await row(name).getByRole('checkbox').check();
    await button('Remove').click();
    gate.left = 1;
    await button('Remove them').click();
    await list().getByText('1 of 3 done').waitFor();
    await button('Stop').click();
    await said('Stopped after 1 of 3: 1 Ewon was removed.');
    gate.left = Number.POSITIVE_INFINITY;
    gate.letGo();
    // the one at hand was brought to its end, and is not selected any more for that reason
    await list().getByText('1 selected').waitFor();
    assert.ok(await row('Pump 0067').getByRole('checkbox').isChecked());
    await photographPart(list(), 'ewons-7-stopped');
    await button('Select none').click();
    await list().getByText('Stopped after').waitFor({ state: 'detached' });
  });

  test('all of the last page are removed after a question: the page before it is shown', async () => {
    await button('Next page').click();
    await countsRows(15);
    await list().getByLabel('Select all that are shown').check();
    await button('Remove').click();
    await list().getByText('Remove 15 Ewons?').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Remove 15 Ewons?'));
    assert.equal(await page.evaluate(() => document.activeElement?.role), 'alert');
    await button('Cancel').click();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Remove');
    await list().getByText('15 selected').waitFor();
    await button('Remove').click();
    await list().getByText('Remove 15 Ewons?').waitFor();
    await button('Remove them').click();
    await said('15 Ewons were removed.');
    await countsRows(50);
    await list()
      .getByText(`of ${DEVICES - 20} online`)
      .waitFor();
    await choice('Pool').selectOption('');
    await row('Pump 0001').waitFor();
  });

  test('a quarantine is ended and a renewal allowed after a question each; the buttons are there only then', async () => {
    assert.match((await row('Pump 0001').textContent()) ?? '', /Quarantined: two boards/);
    await button('Release Pump 0001').click();
    await question().getByText('Find the copy and stop it first').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog[open]'), []);
    await question().getByRole('button', { name: 'Release it' }).click();
    await said('Released: Pump 0001');
    await button('Release Pump 0001').waitFor({ state: 'detached' });
    await button('Allow renewal Pump 0002').click();
    await question().getByRole('button', { name: 'Allow it' }).click();
    await said('Allowed: Pump 0002');
    await button('Allow renewal Pump 0002').waitFor({ state: 'detached' });
    assert.equal(
      await list()
        .getByRole('button', { name: /^(Allow renewal|Release|Undo)/ })
        .count(),
      0,
    );
  });

  test('a replacement is undone by its row', async () => {
    await linked(account, account.device('1800-0001-21'), { name: 'A press' });
    await row('A press').waitFor();
    await pending(account, account.device('1800-0002-21'));
    const { deviceId } = (await account.admin('GET', 'ewons?search=press')).json.rows[0];
    await account.admin('POST', `registrations/${await account.pendingId()}/replace`, { deviceId });
    await button('Undo replacement A press').click();
    await question().getByText('The Ewon that was replaced has its name and properties again').waitFor();
    await photographPart(question(), 'ewons-3-undo');
    await question().getByRole('button', { name: 'Undo the replacement' }).click();
    await said('Undone: A press');
    await row('1800-0002-21').waitFor();
    assert.match((await row('A press').textContent()) ?? '', /1800-0001-21/);
    assert.equal(await list().getByRole('button', { name: /^Undo/ }).count(), 0);
  });

  test('custom fields have the names of the account, as columns and under the name', async () => {
    const about = (await account.admin('GET', 'about')).json;
    await account.admin('PATCH', 'about', { ...about, ewonFields: ['Town', '', ''] });
    await account.admin('PATCH', `ewons/${theFleet()[2]?.ewon.deviceId}`, { customFields: ['Gent', '', ''] });
    await row('Pump 0003').getByText('Town: Gent').waitFor();
    await list().getByText('Columns').click();
    await list().getByRole('checkbox', { name: 'Town', exact: true }).check();
    await list().getByRole('columnheader', { name: 'Town' }).waitFor();
    await row('Pump 0003').getByRole('cell', { name: 'Gent' }).waitFor();
    await list().getByLabel('Way to the account').check();
    await row('Pump 0003')
      .getByRole('cell', { name: /Ethernet eth1: online, full/ })
      .waitFor();
    await photographPart(list(), 'ewons-4-columns');
    await list().getByRole('searchbox', { name: 'Town' }).fill('GEN');
    await row('Pump 0004').waitFor({ state: 'detached' });
    assert.equal(await rows().count(), 1);
    await list().getByRole('searchbox', { name: 'Town' }).fill('nowhere');
    await list().getByText('No Ewon is like that.').waitFor();
    await button('Clear all filters').click();
    await row('Pump 0004').waitFor();
    assert.equal(await list().getByRole('searchbox', { name: 'Town' }).inputValue(), '');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'ewons-title');
  });

  test('with all columns the table scrolls by itself, not the page; no word of a pool is broken', async () => {
    await list().getByText('Columns').click(); // it was closed while nothing was found
    for (const box of await list().locator('.column-choice input').all()) if (await box.isEnabled()) await box.check();
    await list().getByRole('columnheader', { name: 'Since' }).waitFor();
    const widths = await page.evaluate(() => {
      const wide = document.querySelector('.panel.wide');
      const { scrollWidth, clientWidth } = document.documentElement;
      return { page: scrollWidth - clientWidth, table: wide ? wide.scrollWidth - wide.clientWidth : 0 };
    });
    assert.equal(widths.page, 0);
    assert.ok(widths.table > 0, 'the table has more than fits');
    const lines = await row('Pump 0003')
      .getByRole('cell', { name: 'Default', exact: true })
      .evaluate((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
      });
    assert.equal(lines, 1);
    await photographPart(list(), 'ewons-8-all-columns');
    const narrow = ['Model', 'Description', 'Field 2', 'Field 3', 'Note', 'Since', 'Alarms'];
    for (const name of narrow) await list().getByRole('checkbox', { name, exact: true }).uncheck();
    await list().getByRole('columnheader', { name: 'Since' }).waitFor({ state: 'detached' });
  });

  test('the details of one: its facts, its alarms, which are acknowledged, and its lines in the log', async () => {
    await button('Details Pump 0005').click();
    await question().getByRole('heading', { name: 'Ewon Pump 0005' }).waitFor();
    await question().getByText('A sign-in page answers.').waitFor();
    await question().getByText('Key fingerprint').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog[open]'), []);
    await photographPart(question(), 'ewons-5-details');
    await question().getByRole('button', { name: 'Acknowledge WAN_PORTAL' }).click();
    await question().getByText('No alarm is open.').waitFor();
    await row('Pump 0005').getByText('1 alarm').waitFor({ state: 'detached' });
    await question().getByRole('button', { name: 'Its lines in the log' }).click();
    await question().waitFor({ state: 'detached' });
    const log = page.getByRole('region', { name: 'Log' });
    await page.waitForFunction(() => document.activeElement?.id === 'log-title');
    assert.equal(await log.getByLabel('Ewon', { exact: true }).inputValue(), 'Pump 0005');
    await log.getByRole('cell', { name: /Pump 0005.*WAN_PORTAL|WAN_PORTAL.*Pump 0005/ }).waitFor();
    await log.getByText('Pool [North] was added.').waitFor({ state: 'detached' });
  });

  test('thousands of changes end in what was said last, and make few questions', async () => {
    const { rows: before } = (await account.admin('GET', 'ewons?limit=50')).json;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const letGo = await holdsQuestions();
    await page.evaluate((told) => {
      const { stream } = window as unknown as { stream: EventSource };
      for (let i = 0; i < 3000; i++) {
        const row = { ...told[i % told.length], description: `said ${i}` };
        const data = JSON.stringify({ type: 'ewon', id: row.deviceId, row });
        stream.dispatchEvent(new MessageEvent('ewon', { data }));
      }
    }, before);
    await list().getByText('said 2999').waitFor();
    assert.ok(asked.filter((path) => path.startsWith('/api/v1/ewons')).length <= 4, asked.join(' '));
    await letGo();
    await list().getByText('said 2999').waitFor({ state: 'detached' }); // read again a breath later: it was never said to the server
  });

  test('a page more than a session may have live shows what there is, says that it is not live, and is when another was closed', async () => {
    const { adminUrl } = account.account;
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const others: AbortController[] = [];
    for (let status = 200; status === 200; ) {
      const other = new AbortController();
      status = (await fetch(`${adminUrl}/api/v1/events`, { headers: { cookie }, signal: other.signal })).status;
      if (status === 200) others.push(other);
    }
    const storageState = await page.context().storageState();
    const second = await openWatchedPage(browser, watched, { storageState });
    await second.goto(adminUrl);
    await second.getByLabel('Select Pump 0003', { exact: true }).waitFor();
    await second.getByRole('alert').getByText('the page tries again by itself').waitFor();
    for (const other of others) other.abort();
    await second.getByText('Live', { exact: true }).waitFor();
    await second.getByRole('alert').waitFor({ state: 'detached' });
    await second.close();
  });

  test('on a phone nothing is cut off', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await row('Pump 0003').waitFor();
    assert.deepEqual(await cutOff(page), []);
    const first = list().locator('th[scope=row]').first();
    await list().getByLabel('Sort by').selectOption('Serial');
    await first.filter({ hasText: 'Pump 0001' }).waitFor();
    await button('Turn the order round').click();
    await first.filter({ hasText: '1800-0002-21' }).waitFor();
    await list().getByRole('checkbox', { name: 'Select these 50' }).check();
    await list().getByText('50 selected').waitFor();
    await photographPart(list(), 'ewons-6-phone');
    assert.deepEqual(await cutOff(page), []);
  });

  test('nothing complained, and nobody else was asked', () => {
    assert.deepEqual(watched.complaints, []);
    assert.equal(watched.hosts.size, 1);
  });
});
