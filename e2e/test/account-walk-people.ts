import { codeAt } from '@ewon-agent/account/testing/authenticator';
import { assert } from '@ewon-agent/contracts/testing';
import { type Desk, signIn, signOut, type Walk } from './account-walk-stage.ts';

// What an administrator does with the account itself and with the people who use it: rows 1, 2, 3, 7, 12 and 20.

const USERS = 'Users and account';
const PASSWORD = 'secret 12';

/** The form that has a heading; several have a button of the same name. */
const form = ({ section }: Desk, heading: string) => section(USERS).locator('form').filter({ hasText: heading });
const save = (desk: Desk, heading: string) =>
  form(desk, heading).getByRole('button', { name: 'Save', exact: true }).click();

export async function accountInformation(walk: Walk): Promise<void> {
  const { page, section, said, take } = walk;
  const about = section(USERS);
  await about.getByLabel('Account name').fill('ACME Pumps');
  await about.getByLabel('Company').fill('ACME');
  await about.getByLabel('Address').fill('1 Dock Road, Gent');
  await about.getByLabel('Reference').fill('C-4711');
  await save(walk, 'Account name');
  await said('Saved.');
  await page.getByRole('heading', { level: 1, name: /ACME Pumps/ }).waitFor();
  await page.reload();
  await about.getByLabel('Address').waitFor();
  assert.equal(await about.getByLabel('Address').inputValue(), '1 Dock Road, Gent');
  await take(form(walk, 'Account name'));
}

async function addUser({ button, dialog, answer, said }: Desk, login: string, password: string, group?: string) {
  await button('Add a user…').click();
  await dialog().getByLabel('Login').fill(login);
  await dialog().getByLabel('Password').fill(password);
  if (group !== undefined) await dialog().getByLabel(group).check();
  await answer('Add');
  await said(`Added: ${login}.`);
}

export async function passwordPolicy(walk: Walk): Promise<void> {
  const { section, button, dialog, answer, said, take } = walk;
  await addUser(walk, 'before', PASSWORD, 'Administrators');
  const policy = form(walk, 'Password policy');
  await policy.getByLabel('Shortest length, 6 to 45').fill('12');
  await policy.getByLabel('At least one special character', { exact: true }).check();
  await policy.getByLabel('Expires after days').fill('90');
  await policy.getByLabel('Successive different passwords').fill('5');
  await save(walk, 'Password policy');
  await said('Saved.');
  // it counts for new users …
  await button('Add a user…').click();
  await dialog().getByLabel('Login').fill('after');
  await dialog().getByLabel('Password').fill(PASSWORD);
  await dialog().getByRole('button', { name: 'Add', exact: true }).click();
  await dialog().getByRole('alert').getByText('PASSWORD_UNFIT').waitFor();
  await take(dialog());
  await dialog().getByLabel('Password').fill(`${PASSWORD} #long`);
  await answer('Add');
  await said('Added: after.');
  await take(form(walk, 'Password policy'));
  // … and not for passwords that there are
  const other = await walk.desk();
  await signIn(other, 'before', PASSWORD);
  await other.section(USERS).waitFor();
  await other.page.context().close();
  await section(USERS)
    .getByRole('table', { name: 'Users' })
    .getByRole('row')
    .filter({ hasText: /^after/ })
    .waitFor();
}

export async function twoFactorPolicy(walk: Walk): Promise<void> {
  const { said, take } = walk;
  const policy = form(walk, 'Two-factor policy');
  await policy.getByLabel('New users must set it up').check();
  await policy.getByLabel('A PC may be remembered').check();
  await policy.getByLabel('Remembered for days').fill('7');
  await save(walk, 'Two-factor policy');
  await said('Saved.');
  await take(form(walk, 'Two-factor policy'));
  const password = 'a new user #1';
  await addUser(walk, 'careful', password, 'Administrators');
  const other = await walk.desk();
  await signIn(other, 'careful', password);
  await other.page.getByText('asks you to set up two-factor').waitFor();
  const mine = other.section('Your sign-in');
  await mine.getByLabel('Your password').fill(password);
  await other.button('Set up two-factor').click();
  await mine.getByRole('img', { name: 'QR code' }).waitFor();
  await take(mine);
  const secret = (await mine.getByRole('code').textContent()) ?? '';
  await mine.getByLabel('The six digits').fill(codeAt(secret, Date.now()));
  await other.button('Turn two-factor on').click();
  const codes = mine.getByRole('group', { name: 'Recovery codes' }).getByRole('listitem');
  const code = (await codes.first().textContent()) ?? '';
  // a code of the app is good once, and the next one comes half a minute later: a recovery code is good at once
  await signOut(other);
  await signIn(other, 'careful', password);
  await other.page.getByLabel('Code', { exact: false }).first().fill(code);
  await other.page.getByLabel('Do not ask for a code on this PC').check();
  await other.button('Sign in').click();
  await mine.waitFor();
  // this PC is remembered
  await signOut(other);
  await signIn(other, 'careful', password);
  await mine.waitFor();
  await other.page.context().close();
  await policy.getByLabel('New users must set it up').uncheck();
  await save(walk, 'Two-factor policy');
  await said('Saved.');
  const users = walk.section(USERS).getByRole('table', { name: 'Users' });
  await users.getByRole('row').filter({ hasText: 'careful' }).getByRole('cell', { name: /^on\b/ }).waitFor();
}

export async function contacts(walk: Walk): Promise<void> {
  const { button, said, take } = walk;
  const announced = form(walk, 'Contacts for announcements');
  for (const [name, email] of [
    ['Bob', 'bob@example.com'],
    ['Eve', 'eve@example.com'],
  ] as const) {
    await announced.getByLabel('Name').fill(name);
    await announced.getByLabel('E-mail').fill(email);
    await button('Add contact').click();
    await said(`Added: contact ${name}.`);
  }
  await button('Remove Eve').click();
  await said('Removed: contact Eve.');
  await announced.getByText('Bob · bob@example.com').waitFor();
  await announced.getByText('Eve · ').waitFor({ state: 'detached' });
  await take(announced);
}

export async function apiTokens(walk: Walk): Promise<void> {
  const { account, section, button, dialog, answer, said, take } = walk;
  await button('Add a token…').click();
  await dialog().getByLabel('Name', { exact: true }).fill('Reports');
  await dialog().getByLabel('See Ewons').check();
  await dialog().getByRole('button', { name: 'Add', exact: true }).click();
  await dialog().getByText('it is not shown again').waitFor();
  const token = (await dialog().getByRole('status').textContent()) ?? '';
  assert.match(token, /^[A-Za-z0-9]{1,50}$/);
  await answer('Close');
  const status = async (path: string) =>
    (await fetch(`${account.adminUrl}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.deepEqual([await status('ewons'), await status('log')], [200, 403]);
  const row = section(USERS).getByRole('row').filter({ hasText: 'Reports' });
  await row.getByText(token.slice(0, 8)).waitFor();
  await row.getByRole('button', { name: /^Edit/ }).click();
  await dialog().getByLabel('Read the log').check();
  await answer('Save');
  await said('Saved.');
  assert.equal(await status('log'), 200);
  await take(section(USERS).getByRole('table', { name: 'API tokens' }));
  await row.getByRole('button', { name: /^Remove/ }).click();
  await answer('Remove…');
  await said('Deleted: token Reports.');
  assert.equal(await status('ewons'), 401);
}

export async function usersAndGroups(walk: Walk): Promise<void> {
  const { section, button, dialog, answer, said, take } = walk;
  await button('Add a group…').click();
  await dialog().getByLabel('Begin with').selectOption('Technicians');
  await dialog().getByLabel('These pools only').check();
  await dialog().getByLabel('North').check();
  await take(dialog());
  await answer('Add');
  await said('Added: group Technicians.');
  const password = 'technician #1';
  await addUser(walk, 'tech', password, 'Technicians');
  await take(section(USERS).getByRole('table', { name: 'Groups' }));
  const other = await walk.desk();
  await signIn(other, 'tech', password);
  await other
    .section(/^Ewons/)
    .getByText('Pump N')
    .first()
    .waitFor();
  assert.equal(await other.page.getByText('Pump S').count(), 0, 'what is in other pools is not there');
  assert.equal(await other.section(USERS).count(), 0);
  assert.equal(await other.button(/^(Remove|Renew|Approve)/).count(), 0);
  const coming = other.page.waitForEvent('download');
  await other.button('Download T2M.txt').click();
  assert.equal((await coming).suggestedFilename(), 'T2M.txt');
  await take(other.page);
  await other.page.context().close();
}
