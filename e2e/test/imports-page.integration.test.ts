import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import type { TestDevice } from '@ewon-agent/account/testing/device-client';
import { type ImportFixture, importFixtureOver, SOURCE_PASSWORD } from '@ewon-agent/account/testing/import-fixture';
import { linked } from '@ewon-agent/account/testing/stories';
import { SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photograph, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// Import from another account, walked as an administrator does, in Chromium against two real account servers with real HTTP between
// them: row 14 of the systems of the account page. The tests tell one story and follow one another.

let browser: Browser;
let page: Page;
let folder: string;
let fixture: ImportFixture;
let press: { readonly device: TestDevice; readonly location: string; readonly deviceId: string };
const watched: Watched = { complaints: [], hosts: new Set() };

const section = () => page.getByRole('region', { name: 'Import from another account' });
const wizard = () => page.getByRole('dialog', { name: 'Import from another account' });
const button = (name: string) => wizard().getByRole('button', { name, exact: true });
const step = (words: string) => wizard().getByRole('heading', { name: words }).waitFor();
const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');

/** The import that is under way. */
async function importId(): Promise<string> {
  const [{ id }] = (await fixture.here.admin('GET', 'imports')).json;
  return id;
}

/** Lets the virtual clock of the server go on until a person sees it: it asks the other account by its own clock. */
async function goOnUntil(seen: ReturnType<Page['locator']>): Promise<void> {
  let isSeen = false;
  const seeing = seen.waitFor().finally(() => {
    isSeen = true;
  });
  const goOn = async (): Promise<void> => {
    while (!isSeen) {
      await fixture.here.clock.advance(2 * SECOND_MS);
      await fixture.here.admin('GET', 'imports');
    }
  };
  await Promise.all([seeing, goOn()]);
}

suite('the page: import from another account', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ewon-imports-page-'));
    const source = await openAccountFixture({ stateDir: join(folder, 'source') });
    const here = await openAccountFixture({ stateDir: join(folder, 'here'), page: registerPage });
    fixture = await importFixtureOver(source, here);
    await linked(here, here.device('1524-0090-21'), { name: 'Pump' });
    press = await fixture.ewon('1524-0071-21', 'Press <b>1</b>');
    await fixture.ewon('1524-0072-21', 'Pump');
    const gone = await fixture.ewon('1524-0073-21', 'Old mixer');
    await gone.device.unlink(gone.location, gone.deviceId);
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
    await page.goto(await here.account.makeSignInLink());
    await section().waitFor();
  });
  test.after(async () => {
    await browser?.close();
    await fixture?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('nothing was imported yet, and that is said with what is needed; a wrong password is told plainly, and kept nowhere', async () => {
    await section().getByText('Nothing was imported yet').waitFor();
    await section().getByRole('button', { name: 'Import Ewons…' }).click();
    await step('Step 1 of 5: the source account');
    await wizard().getByLabel('Address of its page').fill(fixture.source.account.adminUrl);
    await wizard().getByLabel('Login there').fill('boss');
    await wizard().getByLabel('Password there').fill('wrong 123');
    await page.keyboard.press('Enter');
    await wizard().getByRole('alert').getByText('SIGN_IN_FAILED').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'imports-1-source');
  });

  test('while the source enforces two-factor it is refused, with what to do', async () => {
    const policy = { enabled: true, forNewUsers: true, rememberPcs: true, rememberDays: 30 };
    await fixture.source.admin('PATCH', 'two-factor-policy', policy);
    await wizard().getByLabel('Password there').fill(SOURCE_PASSWORD);
    await button('Sign in and list its Ewons').click();
    await wizard().getByRole('alert').getByText('IMPORT_TWO_FACTOR').waitFor();
    await wizard().getByRole('alert').getByText('switch two-factor off').waitFor();
    await fixture.source.admin('PATCH', 'two-factor-policy', { ...policy, forNewUsers: false });
  });

  test('signs in, names a new pool, and sees what can move, what stays and why; a name in use is proposed anew', async () => {
    await button('Sign in and list its Ewons').click();
    await step('Step 2 of 5: the pool');
    assert.match(await focused(), /^Step 2 of 5/, 'the focus goes where one reads on');
    await wizard().getByText('Which pool do the Ewons of Plant A go to?').waitFor();
    await wizard().getByLabel('A new pool').check();
    await wizard().getByLabel('Name of the new pool').fill('From A');
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'imports-2-pool');
    await page.keyboard.press('Enter');
    await step('Step 3 of 5: what moves');
    await wizard().getByText('1 Ewon stays where it is').waitFor();
    await wizard().getByRole('listitem').filter({ hasText: 'Old mixer' }).filter({ hasText: 'UNLINKED' }).waitFor();
    assert.equal(await wizard().getByLabel('Name here of Pump').inputValue(), 'Pump (2)');
    await wizard().getByText('The name is in use here').waitFor();
    await wizard().getByRole('checkbox', { name: 'Select all' }).uncheck();
    await wizard().getByText('Select at least one Ewon.').waitFor();
    assert.ok(await button('Next').isDisabled());
    await wizard().getByRole('checkbox', { name: 'Select all' }).check();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'imports-3-choose');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await cutOff(page), [], 'on a phone nothing is cut off');
    await photograph(page, 'imports-3-choose-phone');
    await wizard().getByRole('checkbox', { name: 'Select all' }).uncheck();
    await wizard().getByText('Select at least one Ewon.').waitFor();
    await wizard().getByRole('checkbox', { name: 'Select all' }).check();
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('goes back and on by the keyboard, is warned, and confirms', async () => {
    await button('Back').focus();
    await page.keyboard.press('Enter');
    await step('Step 2 of 5: the pool');
    assert.equal(await wizard().getByLabel('Name of the new pool').inputValue(), 'From A');
    await button('Next').click();
    await step('Step 3 of 5: what moves');
    await button('Next').focus();
    await page.keyboard.press('Enter');
    await step('Step 4 of 5: confirm');
    await wizard().getByText('2 Ewons move from Plant A to pool From A.').waitFor();
    await wizard().getByText('This cannot be undone').waitFor();
    await wizard().getByText('disconnects for a moment').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'imports-4-confirm');
    await button('Move 2 Ewons').click();
    await step('Step 5 of 5: result');
    await wizard().getByRole('status').getByText('0 of 2 moved, 2 waiting').waitFor();
  });

  test('sees Ewons move as it happens, while another waits', async () => {
    await goOnUntil(wizard().getByText('Waiting for the Ewon').nth(1));
    const id = await importId();
    const moved = await fixture.there(press.device).move(id);
    assert.equal(moved.status, 200, JSON.stringify(moved.json));
    await press.device.unlink(press.location, press.deviceId);
    await wizard().getByRole('status').getByText('1 of 2 moved, 1 waiting').waitFor();
    await wizard().getByRole('row').filter({ hasText: 'Press <b>1</b>' }).filter({ hasText: 'Moved' }).waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'imports-5-result');
    await button('Close').click();
    await wizard().waitFor({ state: 'detached' });
    assert.equal(await focused(), 'Import from another account', 'the focus is in the section');
  });

  test('the section says how it stands; the import is ended, and what had not moved stays there', async () => {
    const row = section().getByRole('row').filter({ hasText: 'Plant A' });
    await row.getByText('Under way, 1 of 2 moved').waitFor();
    assert.deepEqual(await seriousFindings(page, '#imports'), []);
    await photographPart(section(), 'imports-section');
    await row.getByRole('button', { name: 'Show the import from Plant A' }).click();
    await button('End this import').click();
    const question = page.getByRole('dialog', { name: 'End this import?' });
    await question.getByText('have not moved stay where they are').waitFor();
    await question.getByRole('button', { name: 'End this import', exact: true }).click();
    await page.getByRole('status').getByText('The import from Plant A was ended.').waitFor();
    await row.getByText('Ended, 1 of 2 moved').waitFor();
    const log = page.getByRole('region', { name: 'Log', exact: true });
    await log.getByText('Ewon [Press <b>1</b>] has been moved from account [Plant A].').first().waitFor();
    const left = (await fixture.source.admin('GET', 'ewons')).json.map(({ name }: { name: string }) => name);
    assert.deepEqual(left.toSorted(), ['Old mixer', 'Pump']);
  });

  test('a wizard that is closed half-way gives back what the other account gave', async () => {
    await section().getByRole('button', { name: 'Import Ewons…' }).click();
    await wizard().getByLabel('Address of its page').fill(fixture.source.account.adminUrl);
    await wizard().getByLabel('Login there').fill('boss');
    await wizard().getByLabel('Password there').fill(SOURCE_PASSWORD);
    await page.keyboard.press('Enter');
    await step('Step 2 of 5: the pool');
    const given = page.waitForResponse((answer) => answer.url().endsWith('/end'));
    await page.keyboard.press('Escape');
    assert.equal((await given).status(), 200);
    await wizard().waitFor({ state: 'detached' });
    assert.equal(
      (await fixture.here.admin('GET', 'imports')).json.length,
      1,
      'a list that nobody started is forgotten',
    );
  });

  test('a start whose answer is lost is not ended by closing the wizard', async () => {
    await section().getByRole('button', { name: 'Import Ewons…' }).click();
    await wizard().getByLabel('Address of its page').fill(fixture.source.account.adminUrl);
    await wizard().getByLabel('Login there').fill('boss');
    await wizard().getByLabel('Password there').fill(SOURCE_PASSWORD);
    await page.keyboard.press('Enter');
    await step('Step 2 of 5: the pool');
    await button('Next').click();
    await step('Step 3 of 5: what moves');
    await button('Next').click();
    await step('Step 4 of 5: confirm');
    await page.route('**/start', async (route) => {
      await route.fetch();
      await route.fulfill({ status: 504, body: 'too late' });
    });
    await button('Move 1 Ewon').click();
    await wizard().getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await wizard().waitFor({ state: 'detached' });
    await section().getByText('Under way, 0 of 1 moved').waitFor();
    assert.equal((await fixture.here.admin('GET', 'imports')).json[0].state, 'running');
  });

  test('who is no Administrator has no such section', async () => {
    const user = { login: 'tech', password: SOURCE_PASSWORD, groupIds: [] };
    await fixture.here.admin('POST', 'users', user);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await page.getByLabel('Login').fill('tech');
    await page.getByLabel('Password').fill(SOURCE_PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('region', { name: 'Your sign-in' }).waitFor();
    assert.equal(await section().count(), 0);
  });

  test('through all of it: no script error, nothing against the content policy, and the browser asked nobody else', () => {
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual([...watched.hosts], [new URL(fixture.here.account.adminUrl).host]);
  });
});
