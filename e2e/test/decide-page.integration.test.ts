import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import { createMemoryBroker } from '@ewon-agent/account/testing/broker-memory';
import { createBrowser } from '@ewon-agent/account/testing/browser';
import { linked } from '@ewon-agent/account/testing/stories';
import { type Grk, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photograph, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// Deciding about Ewons that wait, walked as a person does, in Chromium against the real account server: row 11 of the systems of
// the account page. The tests tell one story and follow one another.

const PASSWORD = 'secret 12';
const MAC = '00:03:27:aa:bb:01';
/** More than are shown at once. */
const WAITING = 52;

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
let grk: Grk;
const watched: Watched = { complaints: [], hosts: new Set() };
/** Lets the broker admit so many more Ewons; the next one is held until `letGo`. */
const gate = { left: Number.POSITIVE_INFINITY, letGo: () => {} };

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const waiting = () => page.getByRole('region', { name: /^Waiting for approval/ });
const card = (serial: string) => waiting().getByRole('listitem').filter({ hasText: serial });
const question = () => page.getByRole('dialog');
const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const find = (words: string) => waiting().getByLabel('Find among those who wait').fill(words);
const focused = () => page.evaluate(() => document.activeElement?.id);
const serialOf = (n: number) => `1700-${String(n).padStart(4, '0')}-21`;
const names = async (): Promise<readonly string[]> =>
  (await account.admin('GET', 'ewons')).json.map(({ name }: { name: string }) => name);

/** A card is put in: the Ewon asks to join, each from a network of its own. */
async function asks(n: number, note: string, macs: readonly string[] = []): Promise<void> {
  account.clock.jump(SECOND_MS); // so that each has its place in the list
  const device = account.device(serialOf(n), `198.51.${n}.7`);
  const request = await device.request(grk, { note });
  const answer = await device.register({ ...request, device: { ...request.device, macs: [...macs] } });
  assert.equal(answer.status, 202, JSON.stringify(answer.json));
}

async function signedIn(login: string, permissions: readonly string[], pools: readonly string[]): Promise<Page> {
  const group = await account.admin('POST', 'groups', { name: login, permissions, pools });
  await account.admin('POST', 'users', { login, password: PASSWORD, groupIds: [group.json.id] });
  const opened = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
  await opened.goto(account.account.adminUrl);
  await opened.getByLabel('Login').fill(login);
  await opened.getByLabel('Password').fill(PASSWORD);
  await opened.getByRole('button', { name: 'Sign in', exact: true }).click();
  await opened.getByText('Live', { exact: true }).waitFor();
  return opened;
}

suite('the page: Ewons that wait', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-decide-page-'));
    const broker = createMemoryBroker();
    account = await openAccountFixture({
      ...{ stateDir, page: registerPage },
      startBroker: async (needs) => {
        const started = await broker.start(needs);
        const admit: typeof started.admit = async (device) => {
          gate.left -= 1;
          if (gate.left < 0) await new Promise<void>((resolve) => Object.assign(gate, { letGo: resolve }));
          await started.admit(device);
        };
        return { ...started, admit };
      },
    });
    grk = await account.grk();
    for (const name of ['North', 'South']) await account.admin('POST', 'pools', { name });
    const about = { ...(await account.admin('GET', 'about')).json, ewonFields: ['Hall', '', ''] };
    assert.equal((await account.admin('PATCH', 'about', about)).status, 200);
    await linked(account, account.device(serialOf(201)), { name: 'Pump 2', pool: 'North' });
    await linked(account, account.device(serialOf(202)), { name: 'Fan', pool: 'South', description: 'on the roof' });
    await asks(203, 'Press', [MAC]);
    await account.admin('POST', `registrations/${await account.pendingId()}/approve`, {
      ...{ name: 'Press', pool: 'South', customFields: ['H7', '', ''] },
    });
    for (let n = 1; n <= WAITING; n++) await asks(n, n <= 3 ? 'Pump' : `${n >= 20 && n < 30 ? 'Roller' : 'Line'} ${n}`);
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
    await page.goto(await account.account.makeSignInLink());
    await card(serialOf(1)).waitFor();
  });
  test.after(async () => {
    gate.letGo();
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('many wait: fifty are shown at once, the others on demand, and words find some of all', async () => {
    const cards = waiting().getByRole('checkbox', { name: /^Select 1700/ });
    assert.equal(await cards.count(), 50);
    await button('Show more (2 not shown)').click();
    assert.equal(await cards.count(), WAITING);
    await find('LINE 1700-0051');
    await waiting().getByText(`1 of ${WAITING} waiting`).waitFor();
    assert.equal(await cards.count(), 1);
    await find('198.51.7.');
    await card(serialOf(7)).waitFor();
    await find('nobody');
    await waiting().getByText('None of those who wait is like that.').waitFor();
    await find('pump');
    await card(serialOf(1)).waitFor();
    assert.deepEqual(await seriousFindings(page, '#waiting'), []);
    await find('1700-000'); // what follows is about a few of them
  });

  test('a name that is taken is told beside its field while it is typed; fields have the names of the account', async () => {
    await button(`Approve ${serialOf(1)}`).click();
    const name = question().getByLabel('Name');
    await question().getByText('This name is free.').waitFor();
    await name.fill('Pump 2');
    await question().getByText('An Ewon of this account has this name already. Choose another name.').waitFor();
    assert.equal(await name.getAttribute('aria-invalid'), 'true');
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'decide-1-name-taken');
    await name.fill('Pump 1');
    await question().getByText('This name is free.').waitFor();
    await question().getByLabel('Pool').selectOption('North');
    await question().getByLabel('Hall').fill('H3');
    await name.press('Enter');
    await said('Approved: Pump 1.');
    assert.equal(await focused(), 'waiting-title');
    const made = (await account.admin('GET', 'ewons?search=H3')).json.rows;
    assert.deepEqual([made[0].name, made[0].pool, made[0].customFields], ['Pump 1', 'North', ['H3', '', '']]);
  });

  test('what is typed stays when the look at the proposed name is answered in the same moment', async () => {
    await page.evaluate(() => {
      const real = window.fetch;
      const held: (() => void)[] = [];
      window.fetch = (asked, how) =>
        String(asked).includes('approve?dryRun')
          ? new Promise((resolve) => held.push(() => resolve(new Response('{}'))))
          : real(asked, how);
      const letGo = () => {
        window.fetch = real;
        for (const go of held) go();
      };
      Object.assign(window, { held, letGo });
    });
    await button(`Approve ${serialOf(2)}`).click();
    await page.waitForFunction(() => Reflect.get(window, 'held').length === 1);
    await page.evaluate(() => {
      const field = document.querySelector<HTMLInputElement>('dialog input[name=name]');
      if (!field) throw new Error('no field');
      field.value = 'Typed';
      field.dispatchEvent(new Event('input', { bubbles: true }));
      Reflect.get(window, 'letGo')();
    });
    await question().getByText('This name is free.').waitFor();
    assert.equal(await question().getByLabel('Name').inputValue(), 'Typed');
    await page.keyboard.press('Escape');
  });

  test('many are approved with names by a template: shown first, taken ones with the reason, and the others done', async () => {
    for (const n of [4, 5, 6]) await page.getByLabel(`Select ${serialOf(n)}`, { exact: true }).check();
    await button('Approve 3…').click();
    await question().getByText('All of these names are free.').waitFor();
    const preview = question().getByRole('table', { name: 'What they will be called' });
    assert.deepEqual(await preview.getByRole('row').nth(1).getByRole('cell').allTextContents(), [
      ...[serialOf(4), `Line 4 ${serialOf(4)}`],
    ]);
    const template = question().getByLabel('Names', { exact: false }).first();
    const approve = question().getByRole('button', { name: 'Approve 3' });
    await template.fill(' ');
    await question().getByText('Write what they will be called').waitFor();
    assert.equal(await preview.getByRole('cell').count(), 0, 'no names of the template before');
    assert.ok(await approve.isDisabled());
    await template.fill('Pump {N}');
    await question().getByText('{N} stands for nothing.').waitFor();
    assert.ok(await approve.isDisabled());
    await template.fill('Pump {n}');
    await question().getByText('2 of them cannot be approved like that.').waitFor();
    await photograph(page, 'decide-2-preview');
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await question().getByLabel('Pool').selectOption('South');
    await question().getByRole('button', { name: 'Approve 3' }).click();
    await question().getByText('1 done, 2 not.').waitFor();
    const failures = question().getByRole('region', { name: 'Not done, and why' });
    const first = (await failures.getByRole('listitem').first().textContent()) ?? '';
    assert.match(first, new RegExp(`^${serialOf(4)} NAME_TAKEN .*\\(Pump 1\\).* Choose another name\\.$`));
    await photograph(page, 'decide-3-failures');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Close', 'the focus went along');
    await page.keyboard.press('Enter');
    await said('1 Ewon was approved.');
    assert.equal(await focused(), 'waiting-title');
    await card(serialOf(6)).waitFor({ state: 'detached' });
    await waiting().getByText('2 selected').waitFor(); // to try them with other names
    for (const n of [4, 5]) await page.getByLabel(`Select ${serialOf(n)}`, { exact: true }).uncheck();
    assert.equal((await account.admin('GET', 'ewons?search=1700-0006')).json.rows[0].pool, 'South');
  });

  test('what is under way is stopped after the one at hand: the others still wait', async () => {
    for (const n of [7, 8, 9]) await page.getByLabel(`Select ${serialOf(n)}`, { exact: true }).check();
    await button('Approve 3…').click();
    gate.left = 1;
    await question().getByRole('button', { name: 'Approve 3' }).click();
    await question().getByText('1 of 3 done').waitFor();
    await button('Stop after the one at hand').click();
    await question().getByText('Stopped after 1 of 3').waitFor();
    gate.left = Number.POSITIVE_INFINITY;
    gate.letGo();
    await question().getByRole('button', { name: 'Close' }).click();
    await card(serialOf(8)).waitFor({ state: 'detached' });
    await card(serialOf(9)).waitFor();
    assert.ok(!(await names()).some((name) => name.includes(serialOf(9))));
  });

  test('all that words find are selected and rejected, by keyboard alone', async () => {
    await find('roller');
    await waiting()
      .getByText(`10 of ${WAITING - 4} waiting`)
      .waitFor();
    await page.getByLabel('Select all 10').focus();
    await page.keyboard.press('Space');
    await waiting().getByText('10 selected').waitFor();
    await button('Reject 10…').focus();
    await page.keyboard.press('Enter');
    await question()
      .getByText(`${serialOf(29)}: Roller 29`)
      .waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await question().getByRole('button', { name: 'Reject 10' }).focus();
    await page.keyboard.press('Enter');
    await said('Rejected: 10 Ewons.');
    await waiting().getByText('None of those who wait is like that.').waitFor();
    assert.equal(await focused(), 'waiting-title');
  });

  test('whose place it takes: the likeliest first with the reasons, nothing chosen on weak evidence, another by a search', async () => {
    await asks(60, 'Press', [MAC]);
    await find('1700-0060');
    await button(`Replace an existing Ewon ${serialOf(60)}`).click();
    const first = question().getByRole('radio').first();
    await first.waitFor();
    const label = (await question().locator('label.choice').first().textContent()) ?? '';
    for (const part of ['Press', 'the same MAC address', 'the note of the card is its name', 'it was never online'])
      assert.ok(label.includes(part), `${part} in ${label}`);
    assert.equal(await question().getByRole('radio', { checked: true }).count(), 0);
    assert.ok(await question().getByRole('button', { name: 'Replace' }).isDisabled());
    assert.ok(await first.evaluate((radio) => radio === document.activeElement), 'the likeliest has the focus');
    await page.keyboard.press('Space');
    await question().getByText('What will happen to “Press”:').waitFor();
    assert.match((await question().textContent()) ?? '', /Pool “South”, Hall “H7”/);
    await question().getByLabel('Find another Ewon that is offline').fill('roof');
    await question().getByText('1 of 1 found').waitFor();
    await question().getByRole('radio', { name: /^Fan/ }).last().check();
    await question().getByText('Description “on the roof”').waitFor();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await photograph(page, 'decide-4-replace');
    await button('Replace “Fan”').click();
    await said('the new Ewon is Fan now');
    assert.equal((await account.admin('GET', 'ewons?search=roof')).json.rows[0].serial, serialOf(60));
  });

  test('a replacement is undone from the list that says until when', async () => {
    await waiting().getByText('Replaced in the last 7 days (1)').click();
    const row = waiting().getByRole('row').filter({ hasText: 'Fan' });
    await row.getByText('for 6 days more').or(row.getByText('for 7 days more')).waitFor();
    assert.deepEqual(await seriousFindings(page, '#waiting'), []);
    await photographPart(waiting(), 'decide-5-replaced');
    await button('Undo… Fan').click();
    await question()
      .getByText(`${serialOf(202)} has its name and properties again.`)
      .waitFor();
    await button('Give the place back').click();
    await said('Undone: Fan has its place again.');
    assert.equal(await focused(), 'waiting-title');
    await waiting().getByText('Replaced in the last 7 days').waitFor({ state: 'detached' });
    assert.equal((await account.admin('GET', 'ewons?search=roof')).json.rows[0].serial, serialOf(202));
  });

  test('on a phone nothing is cut off, in the list and in the dialogs', async () => {
    await find('1700-001');
    await page.setViewportSize({ width: 360, height: 740 });
    assert.deepEqual(await cutOff(page), []);
    for (const n of [10, 11]) await page.getByLabel(`Select ${serialOf(n)}`, { exact: true }).check();
    await button('Approve 2…').click();
    await question().getByText('All of these names are free.').waitFor();
    assert.deepEqual(await cutOff(page), []);
    await photograph(page, 'decide-6-phone');
    await page.keyboard.press('Escape');
    await button(`Replace an existing Ewon ${serialOf(10)}`).click();
    await question().getByRole('radio').first().check();
    assert.deepEqual(await cutOff(page), []);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('who may decide in one pool sees who waits there; who may only look decides nothing', async () => {
    const key = (await account.admin('POST', 'grks', { pool: 'North' })).json;
    const { key: secret } = (await account.admin('GET', `grks/${key.id}/key`)).json;
    const before = grk;
    grk = secret;
    await asks(70, 'in the north');
    grk = before;
    const decider = await signedIn('decider', ['registrations.read', 'registrations.decide'], ['North']);
    const northern = decider.getByRole('region', { name: /^Waiting for approval/ });
    await northern.getByRole('heading', { name: serialOf(70) }).waitFor();
    assert.equal(await northern.getByRole('listitem').count(), 1);
    await northern.getByRole('button', { name: `Approve ${serialOf(70)}` }).waitFor();
    const replace = `Replace an existing Ewon ${serialOf(70)}`;
    assert.equal(await decider.getByRole('button', { name: replace }).count(), 0, 'to choose is to see Ewons');
    await decider.close();
    const chooser = await signedIn('chooser', ['registrations.read', 'registrations.decide', 'ewons.read'], ['North']);
    await chooser.getByRole('button', { name: replace }).click();
    await chooser.getByRole('dialog').getByRole('radio', { name: /^Pump/ }).first().waitFor();
    assert.equal(await chooser.getByRole('dialog').getByText('Press').count(), 0, 'of another pool');
    await chooser.close();
    const looker = await signedIn('looker', ['registrations.read'], ['North']);
    const seen = looker.getByRole('region', { name: /^Waiting for approval/ });
    await seen.getByRole('heading', { name: serialOf(70) }).waitFor();
    assert.equal(await seen.getByRole('button').count(), 0);
    await looker.close();
    // the server says the same
    const decides = createBrowser(account.account);
    await decides.signIn('looker', PASSWORD);
    assert.equal((await decides.ask('GET', 'replacements')).status, 403);
  });

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual([...watched.hosts], [new URL(account.account.adminUrl).host]);
  });
});
