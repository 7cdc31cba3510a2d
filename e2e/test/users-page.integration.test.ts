import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPage } from '@ewon-agent/account/page/serve';
import { type AccountFixture, openAccountFixture } from '@ewon-agent/account/testing/account-fixture';
import { codeAt } from '@ewon-agent/account/testing/authenticator';
import { createBrowser } from '@ewon-agent/account/testing/browser';
import { linked } from '@ewon-agent/account/testing/stories';
import { DAY_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Browser, Page } from 'playwright-core';
import { openChromium, photograph, photographPart } from '../src/chromium.ts';
import { cutOff, openWatchedPage, seriousFindings, type Watched } from '../src/watched-page.ts';

// Users of the account, walked as they do, in Chromium against the real account server: rows 1, 2, 3, 7, 8, 12 and 20 of the
// systems of the account page. The tests tell one story and follow one another.

const PASSWORD = 'secret 12';

let browser: Browser;
let page: Page;
let stateDir: string;
let account: AccountFixture;
const watched: Watched = { complaints: [], hosts: new Set() };

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const section = (name: string) => page.getByRole('region', { name });
const question = () => page.getByRole('dialog');
const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const answered = async (name: string) => {
  await question().getByRole('button', { name, exact: true }).click();
  await question().waitFor({ state: 'detached' });
};

async function signIn(login: string, password = PASSWORD): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password').fill(password);
  await button('Sign in').click();
}

async function signOut(): Promise<void> {
  await button('Sign out').click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

suite('the page: users', { needs: ['chromium'], timeoutMs: 120_000 }, (test) => {
  test.before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'ewon-users-page-'));
    account = await openAccountFixture({ stateDir, page: registerPage });
    for (const name of ['North', 'South']) await account.admin('POST', 'pools', { name });
    await linked(account, account.device('1524-0071-21'), {
      name: 'Pump N',
      pool: 'North',
      customFields: ['Hall 3', '', ''],
    });
    await linked(account, account.device('1524-0072-21'), { name: 'Pump S', pool: 'South' });
    browser = await openChromium();
    page = await openWatchedPage(browser, watched, { reducedMotion: 'reduce' });
    await page.goto(await account.account.makeSignInLink());
    await section('Users and account').waitFor();
  });
  test.after(async () => {
    await browser?.close();
    await account?.close();
    await rm(stateDir, { recursive: true, force: true });
  });

  test('an administrator makes a group of technicians for one pool, and two users', async () => {
    const users = section('Users and account');
    await users.getByText('No users yet').waitFor();
    await button('Add a group…').click();
    await question().getByLabel('Begin with').selectOption('Technicians');
    assert.ok(await question().getByLabel('These pools only').isChecked(), 'a template begins with no pool');
    await question().getByRole('button', { name: 'Add', exact: true }).click();
    await question().getByRole('alert').filter({ hasText: 'Tick one pool at least' }).waitFor();
    await question().getByLabel('North').check();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await answered('Add');
    await said('Added: group Technicians.');
    await button('Add a user…').click();
    await question().getByLabel('Login').fill('a b');
    await question().getByLabel('Password').fill(PASSWORD);
    await question().getByLabel('Name', { exact: true }).fill('Ann\u200b');
    await question().getByRole('button', { name: 'Add', exact: true }).click();
    const wrong = question().getByRole('alert').filter({ hasText: 'FIELD_UNFIT' });
    await wrong.getByText('(Login "a b": 1 to 60 letters and digits of any language').waitFor();
    await wrong.getByText('; Name "Ann\\u{200b}": 1 to 100 characters that can be seen').waitFor();
    await page.keyboard.press('Escape');
    for (const [login, group] of [
      ['tech', 'Technicians'],
      ['ann', 'Administrators'],
    ] as const) {
      await button('Add a user…').click();
      await question().getByLabel('Login').fill(login);
      const password = question().getByLabel('Password');
      await password.fill(PASSWORD);
      await question().getByText('It needs 8 to 45 characters, a letter, a digit or a special character.').waitFor();
      await question().getByLabel('Show what is typed').check();
      assert.deepEqual([await password.getAttribute('type'), await password.inputValue()], ['text', PASSWORD]);
      await question().getByLabel(group).check();
      await answered('Add');
      await said(`Added: ${login}.`);
      await users
        .getByRole('table', { name: 'Users' })
        .getByRole('row')
        .filter({ hasText: login })
        .filter({ hasText: group })
        .waitFor();
    }
    assert.deepEqual(await seriousFindings(page, '#users'), []);
    await photographPart(section('Users and account'), 'users-section');
  });

  test('sets the policies, names of custom fields, a contact, and a token that is shown once', async () => {
    const users = section('Users and account');
    await users.getByLabel('Expires after days').fill('10');
    await button('Save').first().click();
    await said('Saved.');
    assert.equal((await account.admin('GET', 'password-policy')).json.expiryDays, 10);
    await users.getByLabel('Name of custom field 1 of users').fill('Badge');
    await users.getByLabel('Name of custom field 1 of Ewons').fill('Place');
    await users.getByLabel('Company').fill('ACME');
    await users.getByLabel('Account name (scripts (t2maccount) and wizards give this name').waitFor();
    const { id, deviceUrl } = (await account.admin('GET', 'account')).json;
    for (const fact of [`Account id: ${id}`, `Directory URL: ${deviceUrl}`, 'MQTT URL: mqtts://', 'Server version: '])
      await users.getByRole('listitem').filter({ hasText: fact }).waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await button(`Copy Account id ${id}`).click();
    await said('In the clipboard: Account id.');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), id);
    await button('Save').last().click();
    await said('Saved.');
    await button('Add a user…').click();
    await question().getByLabel('Badge').waitFor();
    await page.keyboard.press('Escape');
    const contact = users.locator('form').filter({ hasText: 'Contacts for announcements' });
    await contact.getByLabel('Name').fill('Bob');
    await button('Add contact').click();
    await page.waitForFunction(() => document.activeElement?.matches('input[type=email]:invalid'));
    await contact.getByLabel('Telephone').fill('+49 30 0');
    await button('Add contact').click();
    await said('Added: contact Bob.');
    await button('Edit… Bob').click();
    await question().getByLabel('Telephone').fill('+49 30 1');
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await answered('Save');
    await contact.getByText('Bob · +49 30 1').waitFor();
    await button('Add a token…').click();
    await question().getByLabel('Name', { exact: true }).fill('Script');
    await question().getByLabel('See Ewons').check();
    await question().getByLabel('M2Web').check();
    await question().getByRole('button', { name: 'Add', exact: true }).click();
    const shown = question().locator('output');
    await shown.waitFor();
    const token = (await shown.textContent()) ?? '';
    assert.match(token, /^[A-Za-z0-9]{40}$/);
    await answered('Close');
    await users
      .getByRole('row')
      .filter({ hasText: 'Script' })
      .filter({ hasText: token.slice(0, 8) })
      .filter({ hasText: 'M2Web, Account' })
      .waitFor();
    assert.ok(!(await page.content()).includes(token), 'shown once');
  });

  test('users are sorted, searched and filtered, also by a custom field that has a name', async () => {
    const users = section('Users and account');
    const table = users.getByRole('table', { name: 'Users' });
    const logins = async () => (await table.getByRole('rowheader').allTextContents()).map((text) => text.trim());
    for (const [login, badge] of [
      ['ann', 'Badge 10'],
      ['tech', 'Badge 9'],
    ] as const) {
      const { id } = (await account.admin('GET', 'users')).json.find((user: { login: string }) => user.login === login);
      await account.admin('PATCH', `users/${id}`, { customFields: [badge, '', ''] });
      await table.getByRole('cell', { name: badge }).waitFor();
    }
    await table.getByRole('button', { name: 'Badge' }).press('Enter');
    await table.locator('th[aria-sort=ascending]').filter({ hasText: 'Badge' }).waitFor();
    assert.deepEqual(await logins(), ['tech', 'ann'], '9 comes before 10');
    await users.getByRole('searchbox').fill('badge 10');
    assert.deepEqual(await logins(), ['ann']);
    await users.getByLabel('Show users').selectOption('With two-factor');
    await users.getByText('No user is like that.').waitFor();
    assert.deepEqual(await seriousFindings(page, '#users'), []);
    await button('Show all users').click();
    const shown = page.viewportSize() ?? { width: 1280, height: 900 };
    await page.setViewportSize({ width: 390, height: 844 });
    await users.getByLabel('Sort by').selectOption('Login');
    await table.locator('th[aria-sort=ascending]').filter({ hasText: 'Login' }).waitFor({ state: 'attached' });
    await users.getByRole('button', { name: 'Turn the order round' }).click();
    await table.locator('th[aria-sort=descending]').filter({ hasText: 'Login' }).waitFor({ state: 'attached' });
    assert.deepEqual(await logins(), ['tech', 'ann']);
    await page.setViewportSize(shown);
    await table.getByRole('button', { name: 'Login' }).click();
    assert.deepEqual(await logins(), ['ann', 'tech']);
    await users.getByText('2 users have a password without an end.').waitFor();
    assert.match((await users.getByText('Have not set it up').locator('..').textContent()) ?? '', /ann, tech/);
  });

  test('who was locked out, and a network from which ten sign-ins failed, are let in again by a button', async () => {
    const users = section('Users and account');
    const guess = (login: string, network: string) =>
      account.account.checkPassword({ login, password: 'x', network: `${network}/24` });
    for (let n = 0; n < 10; n++) await guess('tech', `198.51.${n}.0`);
    for (let n = 0; n < 11; n++) await guess(`nobody${n}`, '192.0.2.0');
    const locked = users.getByRole('list', { name: 'Networks that are locked out' }).getByRole('listitem');
    await locked.filter({ hasText: '192.0.2.0/24 until 2026-03-01 12:15:00' }).waitFor();
    await photographPart(users, 'users-locked');
    await locked.getByRole('button', { name: 'End lock-out 192.0.2.0/24' }).press('Enter');
    await said('From 192.0.2.0/24 one may sign in again.');
    await users.getByText('None.').waitFor();
    assert.deepEqual((await account.admin('GET', 'networks/locked')).json, []);
    const row = users.getByRole('table', { name: 'Users' }).getByRole('row').filter({ hasText: 'tech' });
    await row.filter({ hasText: 'locked out until 2026-03-01 12:15:00' }).waitFor();
    await users.getByLabel('Show users').selectOption('Locked out');
    await button('End lock-out tech').click();
    await said('tech may sign in again.');
    await users.getByText('No user is like that.').waitFor();
    await button('Show all users').click();
    assert.deepEqual(await seriousFindings(page, '#users'), []);
  });

  test('a change takes nothing back that somebody else changed meanwhile', async () => {
    const userOf = async (login: string) =>
      (await account.admin('GET', 'users')).json.find((user: { login: string }) => user.login === login);
    await button('Edit… tech').click();
    await question().getByLabel('E-mail').fill('tech@acme.test');
    await account.admin('PATCH', `users/${(await userOf('tech')).id}`, { fullName: 'Tina', groupIds: [] });
    await answered('Save');
    await said('Saved.');
    const { id, fullName, email, groupIds } = await userOf('tech');
    assert.deepEqual([fullName, email, groupIds], ['Tina', 'tech@acme.test', []]);
    const { groups } = (await account.admin('GET', 'groups')).json;
    const group = groups.find(({ name }: { name: string }) => name === 'Technicians');
    await account.admin('PATCH', `users/${id}`, { groupIds: [group.id] });

    await button('Edit… Technicians').click();
    await question().getByLabel('Name', { exact: true }).fill('Fitters');
    await account.admin('PATCH', `groups/${group.id}`, { pools: ['South'] });
    await answered('Save');
    const fitters = (await account.admin('GET', 'groups')).json.groups.find(
      (one: { id: string }) => one.id === group.id,
    );
    assert.deepEqual([fitters.name, fitters.pools], ['Fitters', ['South']]);
    await account.admin('PATCH', `groups/${group.id}`, { name: group.name, pools: group.pools });

    await button('Edit… Bob').click();
    await question().getByLabel('Telephone').fill('+49 30 2');
    const [bob] = (await account.admin('GET', 'contacts')).json;
    await account.admin('PATCH', `contacts/${bob.id}`, { email: 'bob@acme.test' });
    await answered('Save');
    const contact = { ...bob, email: 'bob@acme.test', phone: '+49 30 2' };
    assert.deepEqual((await account.admin('GET', 'contacts')).json, [contact]);
  });

  test('a form that stays open follows what others save, except where somebody types', async () => {
    const users = section('Users and account');
    const shows = async (name: string, value: string) => {
      await page.waitForFunction(
        ([field, text]) => document.querySelector<HTMLInputElement>(`#users input[name=${field}]`)?.value === text,
        [name, value] as const,
      );
    };
    const about = async () => (await account.admin('GET', 'about')).json;
    const before = await about();
    await users.getByLabel('Company').fill('BCME');
    await account.admin('PATCH', 'about', { reference: 'R 9', company: 'CCME', ewonFields: { 2: 'Line' } });
    for (const [name, value] of Object.entries({ reference: 'R 9', ewon2: 'Line', company: 'BCME' }))
      await shows(name, value);
    const answer = page.waitForResponse((of) => of.request().method() === 'PATCH' && of.url().endsWith('/about'));
    await button('Save').last().click();
    await answer;
    const ewonFields = [before.ewonFields[0], 'Line', before.ewonFields[2]];
    assert.deepEqual(await about(), { ...before, company: 'BCME', reference: 'R 9', ewonFields });
    await account.admin('PATCH', 'about', before);
    await shows('company', before.company); // what was typed is saved: it follows again
    await shows('reference', before.reference);
  });

  test('sessions are ended, of a user and of one-time links; the last user in Administrators stays', async () => {
    const lost = createBrowser(account.account);
    await lost.signIn('tech', PASSWORD);
    await button('End sessions… tech').click();
    await answered('End sessions');
    await said('The sessions of tech have ended.');
    assert.equal((await lost.ask('GET', 'me')).status, 401);
    await lost.trySignIn({ once: (await account.account.makeSignInLink()).split('#once=')[1] });
    assert.equal((await lost.ask('GET', 'me')).status, 200);
    await button('End sessions of one-time links…').click();
    assert.deepEqual(await seriousFindings(page, 'dialog'), []);
    await answered('End sessions');
    await said('The sessions of one-time links have ended.');
    assert.equal((await lost.ask('GET', 'me')).status, 401);
    await button('Remove… ann').click();
    await question().getByRole('button', { name: 'Remove…', exact: true }).click();
    await question().getByRole('alert').getByText('LAST_ADMINISTRATOR').waitFor();
    await page.keyboard.press('Escape');
    await question().waitFor({ state: 'detached' });
  });

  test('on a phone nothing is cut off', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await cutOff(page), []);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('a technician signs in by password and sees his pool, what makes a card, and his own sign-in', async () => {
    await signOut();
    await signIn('tech', 'wrong 123');
    await page.getByRole('alert').getByText('SIGN_IN_FAILED').waitFor();
    await photograph(page, 'users-sign-in');
    assert.deepEqual(await seriousFindings(page, 'body'), []);
    await signIn('tech');
    await section('Ewons').getByRole('rowheader', { name: 'Pump N' }).waitFor();
    await section('Ewons').getByText('Place: Hall 3').waitFor();
    assert.equal(await page.getByText('Pump S').count(), 0);
    await section('Your sign-in').waitFor();
    const sections = await page.getByRole('navigation').getByRole('link').allTextContents();
    assert.deepEqual(
      sections.map((text) => text.trim()),
      ['Ewons', 'Map', 'Auto-registration', 'Your sign-in'],
    );
    assert.equal(await button(/^Remove/).count(), 0);
  });

  test('what an administrator changes of his group is seen at once', async () => {
    const { groups } = (await account.admin('GET', 'groups')).json;
    const group = groups.find(({ name }: { name: string }) => name === 'Technicians');
    const more = { name: 'Technicians', permissions: [...group.permissions, 'log.read'], pools: ['North', 'South'] };
    assert.equal((await account.admin('PATCH', `groups/${group.id}`, more)).status, 200);
    await section('Ewons').getByRole('rowheader', { name: 'Pump S' }).waitFor();
    await section('Log').waitFor();
  });

  test('sets up two-factor with the QR code; then a code is needed', async () => {
    const mine = section('Your sign-in');
    await mine.getByLabel('Your password').fill(PASSWORD);
    await button('Set up two-factor').click();
    await mine.getByRole('img', { name: 'QR code' }).waitFor();
    const secret = (await mine.locator('code').textContent()) ?? '';
    await photographPart(mine, 'users-two-factor');
    await mine.getByLabel('The six digits').fill(codeAt(secret, account.clock.now()));
    await button('Turn two-factor on').click();
    const codes = mine.getByRole('group', { name: 'Recovery codes' }).getByRole('listitem');
    await codes.nth(9).waitFor();
    assert.equal(await codes.count(), 10);
    assert.deepEqual(await seriousFindings(page, '#mine'), []);
    await signOut();
    account.clock.jump(MINUTE_MS);
    const remember = page.getByLabel('Do not ask for a code on this PC');
    const policy = (await account.admin('GET', 'two-factor-policy')).json;
    await account.admin('PATCH', 'two-factor-policy', { ...policy, rememberPcs: false });
    await signIn('tech');
    await page.getByRole('alert').getByText('TWO_FACTOR_NEEDED').waitFor();
    assert.equal(await remember.count(), 0, 'the policy forbids it');
    await account.admin('PATCH', 'two-factor-policy', policy);
    await page.reload();
    await signIn('tech');
    await remember.waitFor();
    await page.getByLabel('Code', { exact: false }).first().fill(codeAt(secret, account.clock.now()));
    await button('Sign in').click();
    await section('Ewons').getByRole('rowheader', { name: 'Pump N' }).waitFor();
  });

  test('whose password has ended is told what a new one needs; who takes himself out of Administrators is asked', async () => {
    const ann = (await account.admin('GET', 'users')).json.find(({ login }: { login: string }) => login === 'ann');
    await account.admin('POST', `users/${ann.id}/password`, { password: 'secret 34' });
    await signOut();
    account.clock.jump(10 * DAY_MS);
    await signIn('ann', 'secret 34');
    await page.getByText('It ends after 10 days.').waitFor();
    assert.deepEqual(await seriousFindings(page, 'body'), []);
    await page.getByLabel('New password').fill('secret 56');
    await button('Sign in').click();
    await button('Edit… ann').click();
    await question().getByLabel('Administrators').uncheck();
    await question().getByRole('button', { name: 'Save', exact: true }).click();
    await question().getByRole('alert').filter({ hasText: 'You take yourself out of Administrators' }).waitFor();
    await question().getByRole('button', { name: 'Take myself out', exact: true }).click();
    await question().getByRole('alert').getByText('LAST_ADMINISTRATOR').waitFor();
    await page.keyboard.press('Escape');
    await question().waitFor({ state: 'detached' });
    await button('Remove… ann').click();
    await question().getByText('This is you').waitFor();
    await page.keyboard.press('Escape');
  });

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual([...watched.hosts], [new URL(account.account.adminUrl).host]);
  });
});
