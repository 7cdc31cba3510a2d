// test-timeout: 600 s
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import type { TestDevice } from '@ewon-agent/account/testing/device-client';
import { fingerprintOf, type Grk, grkIdOf, HOUR_MS, parseGrk } from '@ewon-agent/contracts';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { judgeCard } from '@ewon-agent/sdcard-tools/core/card';
import { memoryDevice } from '@ewon-agent/sdcard-tools/volume/block-device-memory';
import { readCard } from '@ewon-agent/sdcard-tools/volume/read-card';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photograph } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// The page, walked as a person does, in Chromium against the real account server; devices are played by the
// test client, and the broker's network is left out. The tests tell one story and follow one another,
// which is why they stand in one long file.

const PUMP = '1524-0071-21';
const HOSTILE_NOTE = '<img src=x onerror=alert(1)> "Pump" & co';
type Asked = { readonly device: TestDevice; readonly location: string };

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
let pump: Asked;
const watched: Watched = { complaints: [], hosts: new Set() };

async function start(port: number): Promise<void> {
  account = await openAccountFixture({ stateDir, page: registerPage, admin: { host: '127.0.0.1', port } });
}

/** The key that cards are written with now. */
async function validKey(): Promise<Grk> {
  const keys: { id: string; state: string; origin: string }[] = (await account.admin('GET', 'grks')).json;
  const valid = keys.find((key) => key.state === 'active' && key.origin === 'made');
  return assertOk(parseGrk((await account.admin('GET', `grks/${valid?.id}/key`)).json.key));
}

/** A card is put in: the Ewon asks to join. */
async function insertCard(serial: string, note: string, address = '192.0.2.17'): Promise<Asked> {
  const device = account.device(serial, address);
  const answer = await device.register(await device.request(await validKey(), { note }));
  assert.equal(answer.status, 202, JSON.stringify(answer.json));
  return { device, location: answer.headers['location'] ?? '' };
}

/** The Ewon connects to the broker, or goes away. */
async function connect({ device, location }: Asked, state: 'online' | 'offline', seq: number): Promise<void> {
  const { json } = await device.poll(location);
  await account.broker.send(`ewon/v1/${account.account.accountId}/${json['deviceId']}/up/status`, {
    ...{ v: 1, at: new Date(account.clock.now()).toISOString(), epoch: 'e1', seq },
    ...{ state, agent: '0.1.0', bootId: 'b1', bootCount: 1 },
  });
}

const openPage = (options: Parameters<typeof openWatchedPage>[2] = {}) => openWatchedPage(browser, watched, options);

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const section = (name: string) => page.getByRole('region', { name });
const waiting = (serial: string) => section('Waiting for approval').getByRole('listitem').filter({ hasText: serial });
const ewonRow = (name: string) =>
  section('Ewons')
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${name}`) }) });
const question = () => page.getByRole('dialog');
const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const gone = (serial: string) => waiting(serial).waitFor({ state: 'detached' });

/** Nothing is wider than the window, and nothing sticks out of its box. */
const assertNothingCutOff = async (opened: Page) => assert.deepEqual(await cutOff(opened), []);

async function downloadBy(click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.waitForEvent('download');
  await click();
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

suite('the account page', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-page-'));
    await start(await freePort()); // it goes away and comes back there
    browser = await openChromium();
    page = await openPage();
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('a stranger sees how to get in, and nothing else', async () => {
    await page.goto(account.account.adminUrl);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await button('Sign in by link').click();
    await page.getByText('Paste the link first').waitFor();
    await page.getByLabel('One-time link').fill(`${account.account.adminUrl}/#once=nonsense_nonsense_0000`);
    await button('Sign in by link').click();
    const alert = page.getByRole('alert');
    await alert.getByText('NOT_SIGNED_IN').waitFor();
    assert.match((await alert.textContent()) ?? '', /Next step: Open the one-time sign-in link/);
    assert.equal(await section('Ewons').count(), 0);
    await photograph(page, 'page-sign-in');
  });

  test('the one-time link signs in, leaves the address bar, and works once; a reload stays signed in', async () => {
    const link = await account.account.makeSignInLink();
    await page.goto(link);
    await section('Waiting for approval').waitFor();
    assert.equal(page.url(), `${account.account.adminUrl}/`);
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(link);
    await stranger.getByText('NOT_SIGNED_IN').waitFor();
    await other.close();
  });

  test('empty lists say what to do next', async () => {
    await page.getByText('No Ewon waits. Put a card with this account’s key into an unregistered Ewon.').waitFor();
    await page.getByText('No Ewon yet. Make a card under “Auto-registration”').waitFor();
    await photograph(page, 'page-empty');
  });

  test('an Ewon appears while the page is open, with all that a person needs to decide, its note as text only', async () => {
    pump = await insertCard(PUMP, HOSTILE_NOTE);
    const card = waiting(PUMP);
    await card.waitFor();
    const text = (await card.textContent()) ?? '';
    const shown = [HOSTILE_NOTE, fingerprintOf(pump.device.keys.publicKey), 'Flexy 202', '14.6s0', '192.0.2.0/24'];
    for (const part of [...shown, grkIdOf(await validKey())]) assert.ok(text.includes(part), `${part} in ${text}`);
    assert.match(text, /asked (just now|\d+ (s|min) ago)/);
    await page.waitForFunction(() => document.title === '(1) Ewon account');
    assert.equal(await card.locator('img').count(), 0);
    await page.getByRole('status').filter({ hasText: '1 Ewon waits for approval.' }).waitFor({ state: 'attached' });
    await photograph(page, 'page-pending');
  });

  test('at 1,280 pixels all sections stand in one row', async () => {
    const tops = await page
      .getByRole('navigation')
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top));
    assert.equal(tops.length, 9);
    assert.equal(new Set(tops).size, 1, tops.join(' '));
  });

  test('approving by keyboard alone: the name is proposed, the Ewon joins the list and comes online', async () => {
    await button(`Approve ${PUMP}`).focus();
    await page.keyboard.press('Enter');
    await question().waitFor();
    const name = question().getByLabel('Name');
    assert.equal(await name.inputValue(), HOSTILE_NOTE);
    await page.keyboard.press('Escape');
    await question().waitFor({ state: 'detached' });
    assert.ok(
      await button(`Approve ${PUMP}`).evaluate((element) => element === document.activeElement),
      'focus is back',
    );
    await page.keyboard.press('Enter');
    await name.fill('Pump 4');
    await question().getByLabel('Description').fill('Water works');
    await question().getByLabel('Custom field 1').fill('Gent');
    await photograph(page, 'page-approve');
    await name.press('Enter');
    await said('Approved: Pump 4.');
    await gone(PUMP);
    assert.equal(
      await page.evaluate(() => document.activeElement?.id),
      'waiting-title',
      'the focus stays in the section',
    );
    await ewonRow('Pump 4').getByText('Not seen yet').waitFor();

    const grant = (await pump.device.poll(pump.location)).json;
    assert.deepEqual([grant['status'], grant['name'], grant['pool']], ['approved', 'Pump 4', 'Default']);
    assert.deepEqual(grant['customFields'], ['Gent', '', '']);
    await connect(pump, 'online', 1);
    await ewonRow('Pump 4').getByText('Online', { exact: true }).waitFor();
    assert.match((await ewonRow('Pump 4').textContent()) ?? '', /Water works · Gent.*1524-0071-21.*14\.6s0.*Default/s);
    await section('Ewons').getByText('1 of 1 online').waitFor();
  });

  test('a refusal stays in the dialog with its code, its sentence and the next step, and can be put right', async () => {
    await insertCard('1523-0156-21', 'Pump 4');
    await button('Approve 1523-0156-21').click();
    await question().getByText('This name is free.').waitFor();
    assert.equal(await question().getByLabel('Name').inputValue(), 'Pump 4 1523-0156-21', 'a free name is proposed');
    await question().getByLabel('Name').fill('Pump 4');
    await button('Approve this Ewon').click();
    const refusal = (await question().getByRole('alert').textContent()) ?? '';
    assert.match(refusal, /NAME_TAKEN.*has this name already.*Next step: Choose another name\./s);
    await photograph(page, 'page-refused');
    await question().getByLabel('Name').fill('Pump 5');
    await button('Approve this Ewon').click();
    await said('Approved: Pump 5.');
  });

  test('a known serial comes again: replacing is proposed, its Ewon chosen, and what will happen is said first', async () => {
    await connect(pump, 'offline', 2);
    await ewonRow('Pump 4').getByText('Offline').waitFor();
    const again = await insertCard(PUMP, 'after a reset');
    await waiting(PUMP).getByText('The Ewon “Pump 4” has this serial number. Replacing it is proposed.').waitFor();
    await button(`Replace an existing Ewon ${PUMP}`).click();
    assert.ok(
      await question()
        .getByRole('radio', { name: /^Pump 4/ })
        .isChecked(),
    );
    const text = (await question().textContent()) ?? '';
    for (const part of ['Pool “Default”', 'Description “Water works”', 'is revoked', 'can be undone for 7 days'])
      assert.ok(text.includes(part), part);
    await photograph(page, 'page-replace');
    await button('Replace “Pump 4”').click();
    await said('the new Ewon is Pump 4 now');
    const grant = (await again.device.poll(again.location)).json;
    assert.deepEqual([grant['status'], grant['name'], grant['customFields']], ['replaced', 'Pump 4', ['Gent', '', '']]);
    assert.equal((await pump.device.poll(pump.location)).json['code'], 'UNLINKED');
    await eventually(async () => (await ewonRow('Pump 4').count()) === 1, { what: 'one Pump 4 in the list' });
    pump = again;
  });

  test('rejecting one leaves the others; rejecting a network takes all that came from there', async () => {
    const [one, two, three] = [
      await insertCard('1800-0001-21', 'one'),
      await insertCard('1800-0002-21', 'two'),
      await insertCard('1800-0003-21', 'three', '198.51.100.9'),
    ];
    await button('Reject 1800-0001-21').click();
    await question().getByText('does not ask again until somebody puts the card in again').waitFor();
    await question().getByRole('button', { name: 'Reject' }).click();
    await gone('1800-0001-21');
    assert.equal((await one.device.poll(one.location)).json['code'], 'REJECTED');
    const four = await insertCard('1800-0004-21', 'four');
    await button('Reject 1800-0002-21').click();
    await question().getByLabel('All 2 waiting Ewons from the network 192.0.2.0/24').check();
    await photograph(page, 'page-reject');
    await question().getByRole('button', { name: 'Reject' }).click();
    await said('Rejected: 2 Ewons.');
    await gone('1800-0002-21');
    await gone('1800-0004-21');
    for (const { device, location } of [two, four])
      assert.equal((await device.poll(location)).json['code'], 'REJECTED');
    assert.equal((await three.device.poll(three.location)).json['status'], 'pending');
  });

  test('somebody else decided meanwhile: the page follows without a reload', async () => {
    const id = await account.pendingId();
    await account.admin('POST', `registrations/${id}/reject`);
    await gone('1800-0003-21');
  });

  test('a card is made: T2M.txt and a whole image, both with this account’s key and the note', async () => {
    const key = await validKey();
    await section('Auto-registration').getByLabel('Note (at most 140 plain characters').fill('Line 7');
    const txt = await downloadBy(() => button('Download T2M.txt').click());
    assert.deepEqual([txt.name, txt.bytes.toString('latin1')], ['T2M.txt', `T2MKey:${key}\r\nT2MNote:Line 7\r\n`]);
    const image = await downloadBy(() => button('Download card image').click());
    assert.equal(image.name, `ewon-card-${grkIdOf(key)}.img`);
    assert.equal(image.bytes.readUInt16LE(510), 0xaa55, 'a medium with a boot sector');
    assert.ok(image.bytes.includes(txt.bytes), 'T2M.txt is in the image');
    await section('Auto-registration').getByLabel('RESULT.TXT').check();
    await section('Auto-registration').getByLabel('wipes the key').check();
    const asking = await downloadBy(() => button('Download card image').click());
    const card = assertOk(judgeCard(assertOk(await readCard(memoryDevice(new Uint8Array(asking.bytes)))), {}));
    assert.deepEqual([card.manifest?.receipt, card.manifest?.wipe], [true, true]);
    const alone = await downloadBy(() => button('Download T2M.txt').click());
    assert.deepEqual(alone.bytes, txt.bytes, 'T2M.txt asks for nothing');
    await section('Auto-registration').getByLabel('Note (at most 140 plain characters').fill('Zürich');
    await button('Download T2M.txt').click();
    assert.ok(await page.locator('input[name=note]:invalid').count(), 'a note that no card can hold is not sent');
    await page.locator('.half form input[name=note]').first().fill('');
  });

  test('a key is nowhere on the page; its id is', async () => {
    const key = await validKey();
    await section('Auto-registration').getByText(grkIdOf(key)).first().waitFor();
    assert.ok(!(await page.content()).includes(key));
  });

  test('renewing names who is turned away, and turns them away', async () => {
    const old = grkIdOf(await validKey());
    const asked = await insertCard('1800-0005-21', 'five');
    await waiting('1800-0005-21').waitFor();
    await button(`Renew… ${old}`).click();
    const text = (await question().textContent()) ?? '';
    assert.match(text, /Every card that holds it stops working/);
    assert.match(text, /This Ewon waits with the old key and is turned away:1800-0005-21: five/);
    await question().getByText('The new key is for any number of Ewons.').waitFor();
    await question().getByText('The new key has no end.').waitFor();
    await photograph(page, 'page-renew');
    await button('Renew the key').click();
    await said(`The key ${old} was renewed.`);
    await gone('1800-0005-21');
    assert.equal((await asked.device.poll(asked.location)).json['code'], 'VOID');
    await section('Auto-registration').locator('.key').filter({ hasText: old }).waitFor({ state: 'detached' });
  });

  test('pools are added and chosen; one in use is refused with the reason', async () => {
    const auto = section('Auto-registration');
    await auto.getByText('Pools', { exact: true }).click();
    await auto.getByLabel('New pool').fill('Pumps');
    await button('Add pool').click();
    await said('Added: pool Pumps.');
    await auto.getByLabel('Pool for new Ewons').selectOption('Pumps');
    await said('New Ewons go to Pumps.');
    await button('Remove Pumps').click();
    await button('Remove this pool').click();
    await auto.getByRole('alert').getByText('new Ewons go to this pool').waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual((await account.admin('GET', 'auto-registration')).json, { enabled: true, pool: 'Pumps' });
  });

  test('auto-registration is switched off after a warning, the empty list says so, and on again at once', async () => {
    await button('Switch off').click();
    await question().getByText('No Ewon can ask to join until it is switched on again.').waitFor();
    await question().getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('No Ewon waits, and none can ask: auto-registration is switched off.').waitFor();
    assert.equal((await account.admin('GET', 'auto-registration')).json.enabled, false);
    await button('Switch on').click();
    await page.getByText('Auto-registration is on', { exact: true }).waitFor();
  });

  test('a key of another account is imported without being shown', async () => {
    const foreign = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV';
    const auto = section('Auto-registration');
    await auto.getByText('Use a key of another account').click();
    await auto.getByLabel('Key (A01-…)').fill(foreign);
    await button('Import').click();
    await page
      .getByRole('status')
      .filter({ hasText: /The key [0-9a-f]{8} is valid here now/ })
      .waitFor();
    assert.ok(!(await page.content()).includes(foreign));
  });

  test('the log: detailed with filter and order, raw, and both as files', async () => {
    const log = section('Log').first();
    await log.getByRole('cell', { name: `Ewon ${PUMP} was approved as [Pump 4].` }).waitFor();
    await log.getByLabel('Show', { exact: true }).selectOption('User messages');
    await log.getByRole('cell', { name: `Ewon ${PUMP} was approved as [Pump 4].` }).waitFor({ state: 'detached' });
    assert.deepEqual([...new Set(await log.locator('td:nth-child(3)').allTextContents())], ['User']);
    await log.getByLabel('Show', { exact: true }).selectOption('Everything');
    const events = log.locator('td.event');
    await events.filter({ hasText: 'asks for approval' }).first().waitFor();
    const newestFirst = await events.allTextContents();
    await log.getByRole('button', { name: 'Time' }).click();
    await log.locator('th[aria-sort=ascending]').waitFor();
    assert.deepEqual(await events.allTextContents(), newestFirst.toReversed());
    await photograph(page, 'page-desktop');

    const csv = await downloadBy(() => log.getByRole('link', { name: 'Export .csv' }).click());
    assert.match(csv.bytes.toString(), /^\ufeffat,name,subject,.*was approved as \[Pump 4\]/s);
    const text = await downloadBy(() => log.getByRole('link', { name: 'Export as text' }).click());
    await log.getByLabel('View').selectOption('Raw');
    const raw = log.locator('pre').filter({ hasText: 'was approved as [Pump 4]' });
    await raw.waitFor();
    const line = /^2026-03-01; \d\d:\d\d:\d\d; 1524-0071-21; Ewon; Ewon 1524-0071-21 was approved as \[Pump 4\]\.$/m;
    assert.match(((await raw.textContent()) ?? '').replaceAll('\r', ''), line);
    assert.match(text.bytes.toString().replaceAll('\r', ''), line);
    await log.getByLabel('View').selectOption('Detailed');
  });

  test('an Ewon is removed only after a question, and the device learns it', async () => {
    await button('Remove Pump 4').click();
    await question().getByText('its certificate is revoked').waitFor();
    await question().getByRole('button', { name: 'Cancel' }).click();
    await question().waitFor({ state: 'detached' });
    assert.equal(await ewonRow('Pump 4').count(), 1);
    await button('Remove Pump 4').click();
    await button('Remove this Ewon').click();
    await said('Removed: Pump 4.');
    await ewonRow('Pump 4').waitFor({ state: 'detached' });
    assert.equal((await pump.device.poll(pump.location)).json['code'], 'UNLINKED');
  });

  test('the server goes away and comes back: the page says so, and shows what happened meanwhile', async () => {
    const { port } = new URL(account.account.adminUrl);
    await account.close();
    await page.getByText('The connection to the server is lost.').waitFor();
    await photograph(page, 'page-lost');
    await button('Remove Pump 5').click();
    await button('Remove this Ewon').click();
    await question().getByRole('alert').getByText('ACCOUNT_UNREACHABLE').waitFor();
    await page.keyboard.press('Escape');
    const back = said('The connection to the server is back.'); // it is said for some seconds only
    await start(Number(port));
    await insertCard('1900-0009-24', 'came while the page was blind');
    await back;
    await waiting('1900-0009-24').waitFor();
    await button('Reject 1900-0009-24').click();
    await question().getByRole('button', { name: 'Reject' }).click();
    await gone('1900-0009-24');
  });

  test('who comes while the page connects again stays there, also when what it asked before is answered after', async () => {
    const [fetched, isShown, asksAgain, isSeen] = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    let asked = 0;
    await page.route(/registrations\?state=pending/, async (route) => {
      asked += 1;
      if (asked === 1) {
        const response = await route.fetch();
        fetched?.resolve();
        await isShown?.promise;
        return route.fulfill({ response });
      }
      asksAgain?.resolve();
      await isSeen?.promise;
      return route.continue();
    });
    await page.route('**/api/v1/account', (route) => route.abort(), { times: 1 });
    const streams = page.waitForResponse(/\/api\/v1\/events$/);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await Promise.all([streams, fetched?.promise]);
    await insertCard('1900-0011-24', 'comes now');
    await waiting('1900-0011-24').waitFor();
    isShown?.resolve();
    await asksAgain?.promise;
    assert.equal(await waiting('1900-0011-24').count(), 1);
    isSeen?.resolve();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByText('Live', { exact: true }).waitFor();
    await account.admin('POST', `registrations/${await account.pendingId()}/reject`);
    await gone('1900-0011-24');
  });

  test('on a phone nothing is cut off, and a row is still a row', async () => {
    await insertCard('1900-0010-24', 'x'.repeat(140));
    const phone = await openPage({ viewport: { width: 360, height: 740 }, hasTouch: true });
    await phone.goto(await account.account.makeSignInLink());
    await phone.getByRole('button', { name: 'Approve 1900-0010-24' }).waitFor();
    await phone.locator('td.event').first().waitFor();
    await assertNothingCutOff(phone);
    const row = (name: RegExp) =>
      phone
        .getByRole('region', { name: 'Ewons' })
        .getByRole('row')
        .filter({ has: phone.getByRole('rowheader', { name }) });
    await row(/^Pump 5/)
      .getByRole('cell', { name: '1523-0156-21' })
      .waitFor();
    await photograph(phone, 'page-phone');
    await phone.getByRole('button', { name: 'Approve 1900-0010-24' }).tap();
    await phone.getByRole('dialog').waitFor();
    await assertNothingCutOff(phone);
    await phone.getByRole('button', { name: 'Approve this Ewon' }).tap();
    await row(/^x{60}/).waitFor();
    await assertNothingCutOff(phone);
    await phone.close();
  });

  test('axe-core finds nothing serious on the whole page', async () => {
    assert.deepEqual(await seriousFindings(page, 'body'), []);
  });

  test('in the dark it is dark', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, 'rgb(16, 21, 28)');
    await photograph(page, 'page-dark');
  });

  test('a session that ended is noticed when the page is looked at again, and what was typed into a question is kept', async () => {
    await button('Add a key…').click();
    const typed = page.getByRole('dialog', { name: 'Add a registration key' }).getByLabel(/^Note/);
    await typed.fill('for hall 7');
    await account.clock.advance(13 * HOUR_MS);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    const ended = page.getByRole('dialog', { name: 'Your session has ended' });
    await ended.waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(await seriousFindings(page, 'dialog.ended'), []);
    await photograph(page, 'page-session-ended');
    await ended.getByLabel('One-time link').fill(await account.account.makeSignInLink());
    await ended.getByRole('button', { name: 'Sign in by link' }).click();
    await ended.waitFor({ state: 'detached' });
    assert.equal(await typed.inputValue(), 'for hall 7');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await section('Waiting for approval').waitFor();
  });

  test('signing out ends the session', async () => {
    await button('Sign out').click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(watched.complaints, []);
    const { host } = new URL(account.account.adminUrl);
    assert.deepEqual(
      [...watched.hosts].filter((asked) => asked !== host && asked !== 'blob:'),
      [],
    );
  });
});
