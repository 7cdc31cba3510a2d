import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClockSystem } from '@ewon-agent/account/adapters/clock-system';
import { runAccount } from '@ewon-agent/account/cli/program';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import { fillWithFleet, locatedFleet } from '@ewon-agent/account/testing/located-fleet';
import { tellsOfPatch } from '@ewon-agent/account/testing/patch-told';
import { timestampOf } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// The patches of the page, walked as a person does, in Chromium against the real account server. The repository is made by the
// commands of the README; Ewons are a fleet in the database, and tell by messages. The tests follow one another.

/** More than any list shows at once. */
const DEVICES = 200;
const PATCH = 'ewon-agent_1.4.2_arm64.tar.gz';
const FIRMWARE = 'er15_0s4p24_ma.edfs';
/** Without smooth scrolling: what is pressed has not moved meanwhile. */
const STILL = { reducedMotion: 'reduce' } as const;

let browser: Browser;
let page: Page;
let stateDir: string;
let stick: string;
let account: AccountFixture;
const watched: Watched = { complaints: [], hosts: new Set() };
const fleet = locatedFleet(DEVICES, timestampOf(Date.now() - 60_000)).map(({ ewon, location }) => ({
  ewon: { ...ewon, agent: '1.4.1', firmware: '14.6s0' },
  location,
}));
// the commands sign by the time of the machine, so the server goes by it as well
const open = () => openAccountFixture({ stateDir, page: registerPage, clock: createClockSystem() });

/** Pump 0001 is the first. */
function tells(number: number, body: Parameters<typeof tellsOfPatch>[2]): Promise<void> {
  const at = timestampOf(Date.now());
  return tellsOfPatch(account, fleet[number - 1]?.ewon.deviceId ?? '', { at, ...body });
}

/** A command of the README. @returns what it printed */
async function command(...argv: string[]): Promise<string> {
  let said = '';
  const status = await runAccount([...argv, '--state', stateDir], {
    stdin: (async function* () {})(),
    stdout: (text) => {
      said += text;
    },
    stderr: (text) => {
      said += text;
    },
    untilSignal: async () => {},
  });
  assert.equal(status, 0, `${argv.join(' ')}: ${said}`);
  return said;
}

async function sign(): Promise<void> {
  const key = (await readdir(stick)).find((name) => name.startsWith('targets'));
  await command('aspu', 'sign', '--key', join(stick, key ?? ''));
}

async function add(name: string, ...how: string[]): Promise<void> {
  await writeFile(join(stick, name), `content of ${name}`);
  await command('aspu', 'add', join(stick, name), ...how);
}

const part = () => page.getByRole('region', { name: 'Patches' });
const opened = () => page.locator('.opened-patch');
const button = (name: string) => page.getByRole('button', { name, exact: true });
const row = (name: string) => opened().getByRole('row').filter({ hasText: name });
const dialog = () => page.getByRole('dialog');

/** Patches are asked for when they are looked at. */
async function lookAt(opened: Page): Promise<void> {
  await opened.locator('#ewons tbody tr, #ewons .empty').first().waitFor();
  await opened.locator('#patches-title').scrollIntoViewIfNeeded();
}

suite('patches on the account page', { needs: ['chromium'], timeoutMs: 60_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-patch-page-'));
    stick = await mkdtemp(join(tmpdir(), 'ewon-stick-'));
    await (await open()).close();
    await fillWithFleet(stateDir, fleet);
    account = await open();
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, STILL);
    page.setDefaultTimeout(20_000);
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    for (const folder of [stateDir, stick]) await rm(folder, { recursive: true, force: true });
  });

  test('before there is a repository the page says which command makes one', async () => {
    await page.goto(await account.account.makeSignInLink());
    await lookAt(page);
    await part().getByText('account aspu init --keys /media/stick').waitFor();
    await command('aspu', 'init', '--keys', stick);
    await command('aspu', 'publish');
    await part().getByText('account aspu add FILE').waitFor(); // by the event stream
  });

  test('what is drafted says what it lacks, and where it is signed; once it is published it is there by itself', async () => {
    await add(PATCH, '--kind', 'agent', '--severity', 'critical', '--cve', 'CVE-2024-33895', '--product', 'arm64');
    await add(FIRMWARE, '--kind', 'ewon-firmware', '--severity', 'high', '--product', '24', '--requires', '15.0s2');
    await page.reload();
    await lookAt(page);
    await part()
      .getByText(/targets \d+ has 0 of 1 signatures by the present targets keys/)
      .waitFor();
    await part().getByText('account aspu sign --key FILE').waitFor();
    await page.locator('#map').scrollIntoViewIfNeeded(); // what comes late below the window would move the picture
    await page.locator('.map-frame[data-drawn=yes]').waitFor();
    await photographPart(page.locator('#patches'), 'patches-drafted');
    await sign();
    await command('aspu', 'publish');
    await part().getByText(`${DEVICES} have not said yet`).waitFor();
    await part().getByText(`${DEVICES} of other products`).waitFor();
    const text = (await part().textContent()) ?? '';
    assert.match(text, /^Patches 2 published.*\(root\)7\d\d days.*\(targets\)36\d days.*[67] days.*2[34] h/s);
    assert.match(text, /Agent 1\.4\.2.*critical.*CVE-2024-33895.*arm64.*40 bytes/s);
    assert.match(text, /after 15\.0s2/);
    assert.equal(await part().getByText('account aspu sign').count(), 0);
    const log = page.getByRole('region', { name: 'Log' });
    await log.getByText(`Patches were published: ${PATCH}, ${FIRMWARE}.`).waitFor();
  });

  test('Ewons tell: the numbers follow, and the one that is opened shows who has it, who has not and why', async () => {
    const patch = { path: PATCH, sha256: await sha256Of(PATCH), kind: 'agent', version: '1.4.2' };
    await tells(1, { state: 'installed', agent: '1.4.2' });
    await tells(2, { state: 'failed', reason: 'PATCH_NOT_BLESSED', detail: 'no uplink', patch });
    await tells(3, { state: 'waiting', reason: 'PATCH_WINDOW_CLOSED', patch });
    await tells(4, { state: 'idle', reason: 'PATCH_OFF', detail: 'board' });
    await tells(5, { state: 'idle' });
    await part().getByText('1 have it').waitFor();
    await part()
      .getByText(`${DEVICES - 5} have not said yet`)
      .waitFor();
    await part()
      .getByRole('button', { name: `Show Ewons ${PATCH}` })
      .focus();
    await page.keyboard.press('Enter');
    await row('Pump 0001').getByText('Has it').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'opened-patch-title');
    const said = async (name: string) => (await row(name).textContent()) ?? '';
    assert.match(await said('Pump 0002'), /1\.4\.1Failed.*did not prove itself.*no uplink.*PATCH_NOT_BLESSED/);
    assert.match(await said('Pump 0003'), /Waits.*the time at which.*PATCH_WINDOW_CLOSED/);
    assert.match(await said('Pump 0004'), /Excluded.*by hand at the board.*PATCH_OFF/);
    assert.match(await said('Pump 0005'), /Not for it.*PATCH_WRONG_PRODUCT/);
    assert.match(await said('Pump 0006'), /Has not said yet/);
    await photographPart(page.locator('#patches'), 'patches-opened');
    await opened().getByLabel('Show').selectOption({ label: 'Failed (1)' });
    assert.equal(await opened().getByRole('rowheader').count(), 1);
    await tells(7, { state: 'failed', reason: 'PATCH_TRIED_OUT', patch });
    await row('Pump 0007').waitFor();
    await opened().getByLabel('Show').selectOption({ label: 'All Ewons' });
    await opened().getByLabel('Find one of them').fill('pump 0134');
    assert.equal(await opened().getByRole('rowheader').count(), 1);
    await opened().getByLabel('Find one of them').fill('');
  });

  test('in the list of Ewons it is one word, with its reason', async () => {
    const search = page.getByRole('region', { name: 'Ewons' }).getByLabel('Find an Ewon');
    await search.fill('Pump 0002');
    const word = page.locator('#ewons td[data-label=Patch] span').first();
    await eventually(async () => (await page.locator('#ewons tbody tr').count()) === 1, { what: 'the one row' });
    assert.match((await word.textContent()) ?? '', /^failed/);
    assert.match((await word.getAttribute('title')) ?? '', /did not prove itself.*no uplink/);
    await photographPart(page.locator('#ewons'), 'patches-ewons');
    await search.fill('Pump 0006');
    await eventually(async () => (await word.textContent())?.startsWith('–') ?? false, { what: 'nothing told' });
  });

  test('it is denied after a question, for all of them at once, and allowed again', async () => {
    await button(`Deny… ${PATCH}`).click();
    await dialog().getByText('No Ewon begins to install it from the moment on').waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual((await account.admin('GET', 'policy')).json.denied, []);
    await button(`Deny… ${PATCH}`).click();
    assert.deepEqual(await seriousFindings(page, 'dialog[open]'), []);
    await dialog().getByRole('button', { name: 'Deny this patch' }).click();
    await opened().getByText('Denied: no Ewon begins to install it.').waitFor();
    await row('Pump 0006').getByText('PATCH_DENIED').waitFor();
    assert.match((await row('Pump 0001').textContent()) ?? '', /Has it/);
    assert.deepEqual((await account.admin('GET', 'policy')).json.denied, [PATCH]);
    const log = page.getByRole('region', { name: 'Log' });
    await log.getByText(`The patch ${PATCH} is denied: no Ewon begins to install it.`).waitFor();
    await button(`Allow… ${PATCH}`).click();
    await dialog().getByRole('button', { name: 'Allow this patch' }).click();
    await row('Pump 0006').getByText('Has not said yet').waitFor();
  });

  test('a rollout is begun, goes on by what Ewons tell, is stopped by one press, and goes on again', async () => {
    await button('Start a rollout…').click();
    await dialog().getByLabel('First, by name or serial').fill('Pump 9999');
    await dialog().getByLabel('Groups, in percent').fill('1, 100');
    await dialog().getByRole('button', { name: 'Start the rollout' }).click();
    await dialog().getByText('No Ewon of this account has this name or serial.').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog[open]'), []);
    await dialog().getByLabel('First, by name or serial').fill('pump 0006');
    await dialog().getByRole('button', { name: 'Start the rollout' }).click();
    await opened().getByText('Under way: group 1 of 3 is told.').waitFor();
    await opened().getByText('Held: only Ewons that a rollout has told install it.').waitFor();
    const group = (number: number) => opened().getByRole('row', { name: `Group ${number}` });
    assert.match((await group(1).textContent()) ?? '', /^Group 100100$/);
    await tells(6, { state: 'installed', agent: '1.4.2' });
    await opened().getByText('Under way: group 2 of 3 is told.').waitFor();
    assert.match((await group(2).textContent()) ?? '', /^Group 200\d+00$/);
    await photographPart(page.locator('#patches'), 'patches-rollout');
    await button('Stop the rollout now').click();
    await page.getByRole('status').getByText('Stopped: nobody more is told').waitFor();
    await opened().getByText('Stopped by a person.').waitFor();
    await part().getByText('rollout stopped').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'rollout-title');
    assert.deepEqual((await account.admin('GET', 'policy')).json.denied, [PATCH]);
    await button('Resume the rollout').click();
    await opened().getByText('Under way: group 2 of 3 is told.').waitFor();
    assert.deepEqual((await account.admin('GET', 'policy')).json.denied, []);
    await command('aspu', 'rollout', 'stop', PATCH);
    await opened().getByText('Stopped by a person.').waitFor(); // by the event stream
  });

  test('axe-core finds nothing serious, in the light and in the dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await seriousFindings(page, '#patches'), [], colorScheme);
    }
    await photographPart(page.locator('#patches'), 'patches-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await cutOff(page), []);
  });

  test('on a phone nothing is cut off', async () => {
    const phone = await openWatchedPage(browser, watched, {
      ...STILL,
      viewport: { width: 390, height: 800 },
      hasTouch: true,
    });
    await phone.goto(await account.account.makeSignInLink());
    await lookAt(phone);
    await phone.getByRole('button', { name: `Show Ewons ${PATCH}` }).tap();
    await phone.locator('.opened-patch').getByRole('rowheader').first().waitFor();
    assert.deepEqual(await cutOff(phone), []);
    await phone.getByRole('button', { name: 'Start a rollout…' }).waitFor({ state: 'detached' });
    await photographPart(phone.locator('#patches'), 'patches-phone');
    await phone.close();
  });

  test('a patch that is taken back goes away by itself, with what was open of it', async () => {
    await command('aspu', 'revoke', PATCH);
    await sign();
    await command('aspu', 'publish');
    await opened().waitFor({ state: 'detached' });
    await part().getByText('Denied as well, and not in the repository:').waitFor();
    await page.getByRole('region', { name: 'Log' }).getByText(`Patches were taken back: ${PATCH}.`).waitFor();
  });

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual(
      [...watched.hosts].filter((asked) => !asked.startsWith('127.0.0.1:')),
      [],
    );
  });
});

async function sha256Of(path: string): Promise<string> {
  const { patches } = (await account.admin('GET', 'patches')).json;
  return patches.find((one: { path: string }) => one.path === path).sha256;
}
