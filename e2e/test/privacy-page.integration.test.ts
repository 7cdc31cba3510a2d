import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import { linked } from '@ewon-agent/account/testing/stories';
import type { AppliedPolicy } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photograph, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// Privacy, switched as an administrator does, in Chromium against the real account server: rows 15 and 16 of the systems of the account
// page. The tests tell one story and follow one another.

const NAMES = ['Pump 1', 'Pump 2', 'Pump 3'] as const;

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
const ids = new Map<string, string>();
let seq = 1;
let questions = 0;
const watched: Watched = { complaints: [], hosts: new Set() };

const privacy = () => page.locator('#privacy');
const question = () => page.getByRole('dialog');
const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const why = (name: string) => privacy().getByRole('row').filter({ hasText: name });
const policy = async () => (await account.admin('GET', 'policy')).json;

/** What an Ewon says. */
async function says(name: string, channel: 'status' | 'health', body: object): Promise<void> {
  seq += 1;
  await account.broker.send(`ewon/v1/${account.account.accountId}/${ids.get(name)}/up/${channel}`, {
    ...{ v: 1, at: new Date(account.clock.now()).toISOString(), epoch: 'e1', seq },
    ...body,
  });
}
const isThere = (name: string, state: 'online' | 'offline') =>
  says(name, 'status', { state, agent: '0.2.0', bootId: 'b1', bootCount: 1 });
const applies = (name: string, applied?: AppliedPolicy) =>
  says(name, 'health', {
    ...{ rssBytes: 1, cpuMs: 2, eventLoopLagMs: 0, uptimeMs: 3, queued: 0 },
    ...(applied && { policy: applied }),
  });

suite('the page: privacy', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-privacy-page-'));
    account = await openAccountFixture({ stateDir, page: registerPage });
    for (const [i, name] of NAMES.entries()) {
      const { deviceId } = await linked(account, account.device(`1524-010${i}-21`), { name });
      ids.set(name, deviceId);
    }
    await isThere('Pump 1', 'online');
    await isThere('Pump 2', 'online');
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, {
      reducedMotion: 'reduce',
      viewport: { width: 1280, height: 300 }, // what stands above the section fills it
    });
    page.on('request', (request) => {
      if (request.url().includes('/policy/effect')) questions += 1;
    });
    await page.goto(await account.account.makeSignInLink());
    await privacy().getByText('Security patches are applied automatically').waitFor();
    await page.getByRole('region', { name: 'Users and account' }).getByText('No users yet').waitFor();
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('nobody asks how far the policy has come until somebody looks', async () => {
    await page.locator('#log td').first().waitFor();
    assert.equal(questions, 0);
    // all of the page is in sight from here on
    await page.setViewportSize({ width: 1280, height: 9000 });
    await privacy().getByText('0 of 3 Ewons have applied it.').waitFor();
  });

  test('both switches are on, with what each means, and it is said which Ewons do not go by them yet and why', async () => {
    await privacy().getByText('0 of 3 Ewons have applied it.').waitFor();
    assert.equal(await privacy().getByText('On', { exact: true }).count(), 2);
    await why('Pump 1').filter({ hasText: 'its agent (0.2.0) is too old, or has not said it yet' }).waitFor();
    await why('Pump 3').filter({ hasText: 'offline, last seen never' }).waitFor();
    assert.deepEqual(await seriousFindings(page, '#privacy'), []);
  });

  test('what Ewons tell counts as it comes', async () => {
    const { version } = await policy();
    await applies('Pump 1', { version, geolocation: 'on', remoteManagement: 'on' });
    await privacy().getByText('1 of 3 Ewons have applied it.').waitFor();
    await applies('Pump 2', { version: version - 1, geolocation: 'on', remoteManagement: 'on' });
    await why('Pump 2').filter({ hasText: 'online, and still to take it' }).waitFor();
    await applies('Pump 2', { version, geolocation: 'device', remoteManagement: 'board' });
    await privacy().getByText('2 of 3 Ewons have applied it.').waitFor();
    for (const [what, by] of [
      ['Geolocation', 'in its configuration, or at its console'],
      ['Remote management', 'by hand at the board'],
    ])
      await privacy()
        .locator('div', { has: page.getByRole('heading', { name: `${what}: switched off on the Ewon itself` }) })
        .getByText(`Pump 2 ${by}`)
        .last()
        .waitFor();
    const bar = privacy().getByRole('progressbar', { name: '2 of 3 Ewons have applied it' });
    assert.deepEqual([await bar.getAttribute('value'), await bar.getAttribute('max')], ['2', '3']);
    await photographPart(privacy(), 'privacy-1-effect');
  });

  test('geolocation is switched off by keyboard, after a question that says what that does', async () => {
    const before = await policy();
    await privacy().getByRole('button', { name: 'Switch geolocation off…' }).press('Enter');
    await question().getByText('All places that are known are removed').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'privacy-2-question');
    await page.keyboard.press('Escape');
    await question().waitFor({ state: 'detached' });
    assert.deepEqual(await policy(), before, 'away without doing anything');

    account.clock.jump(1000);
    await privacy().getByRole('button', { name: 'Switch geolocation off…' }).press('Enter');
    await question().getByRole('button', { name: 'Switch geolocation off' }).press('Enter');
    await said('Geolocation is off for the whole account.');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'privacy-title');
    const after = await policy();
    assert.deepEqual([after.geolocation, after.remoteManagement], [false, true]);
    await privacy().getByText('0 of 3 Ewons have applied it.').waitFor();
    await applies('Pump 1', { version: after.version, geolocation: 'account', remoteManagement: 'on' });
    await privacy().getByText('1 of 3 Ewons have applied it.').waitFor();
    assert.equal(await privacy().getByText('switched off on the Ewon itself').count(), 0);
  });

  test('what another person switches is seen at once; remote management goes off and on again', async () => {
    await account.admin('PATCH', 'policy', { geolocation: true });
    await privacy().getByRole('button', { name: 'Switch geolocation off…' }).waitFor();
    await privacy().getByRole('button', { name: 'Switch remote management off…' }).click();
    await question().getByText('Commands are refused').waitFor();
    await question().getByRole('button', { name: 'Switch remote management off' }).click();
    await said('Remote management is off for the whole account.');
    assert.equal((await policy()).remoteManagement, false);
    await privacy().getByRole('button', { name: 'Switch remote management on…' }).click();
    await question().getByRole('button', { name: 'Switch remote management on' }).click();
    await said('The account allows remote management again.');
    assert.equal((await policy()).remoteManagement, true);
  });

  test('on a phone nothing is cut off', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await cutOff(page), []);
    await photographPart(privacy(), 'privacy-3-phone');
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('who may not switch it does not see the section', async () => {
    const group = await account.admin('POST', 'groups', { name: 'Readers', permissions: ['ewons.read'], pools: 'all' });
    await account.admin('POST', 'users', { login: 'eve', password: 'secret 12', groupIds: [group.json.id] });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Login').fill('eve');
    await page.getByLabel('Password').fill('secret 12');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Your sign-in' }).waitFor();
    assert.equal(await privacy().count(), 0);
  });

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual([...watched.hosts], [new URL(account.account.adminUrl).host]);
  });
});
