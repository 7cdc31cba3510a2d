import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '@ewon-agent/contracts/testing';
import { runCommand } from '../src/command.ts';
import type { Walk } from './account-walk-stage.ts';

// What an administrator does with Ewons: rows 8, 9, 10, 11 and 18.

/** Where the page has its list of Ewons, and where one is changed in it. */
const ewons = ({ section }: Walk) => section(/^Ewons/);
const changing = ({ section }: Walk) => section(/^Find and change/);
const CARD = '1524-0081-21';
const WIZARD = '1524-0082-21';
const AGAIN = '1524-0083-21';

export async function customFields(walk: Walk): Promise<void> {
  const { section, button, dialog, answer, said, take } = walk;
  const users = section('Users and account');
  await users.getByLabel('Name of custom field 1 of Ewons').fill('Site');
  await users.getByLabel('Name of custom field 1 of users').fill('Badge');
  await users
    .locator('form')
    .filter({ hasText: 'Account name' })
    .getByRole('button', { name: 'Save', exact: true })
    .click();
  await said('Saved.');
  await changing(walk)
    .getByRole('row')
    .filter({ hasText: 'Pump N' })
    .getByRole('button', { name: /^Change/ })
    .click();
  await dialog().getByLabel('Site').fill('Gent');
  // the page is drawn anew meanwhile, and what was typed stays
  await walk.ask('1524-0079-21', 'meanwhile');
  await section('Waiting for approval').getByText('meanwhile').waitFor({ state: 'attached' });
  await answer('Save');
  await said('Saved: Pump N.');
  await ewons(walk).getByText('Site: Gent').first().waitFor();
  await changing(walk).getByRole('searchbox').fill('gent');
  await changing(walk).getByText('1 of 1').waitFor();
  await take(changing(walk));
  await changing(walk).getByRole('searchbox').fill('');
  await button('Add a user…').click();
  await dialog().getByLabel('Badge').waitFor();
  await take(dialog());
  await dialog().getByRole('button', { name: 'Cancel' }).click();
}

export async function autoRegistration(walk: Walk): Promise<void> {
  const { account, page, dir, section, button, dialog, answer, said, take } = walk;
  const auto = section('Auto-registration');
  await button('Switch off').click();
  await answer('Switch off');
  await auto.getByText('Auto-registration is off', { exact: true }).waitFor();
  await button('Switch on').click();
  await auto.getByText('Auto-registration is on', { exact: true }).waitFor();
  await auto.getByLabel('Pool for new Ewons').selectOption('North');
  await said('New Ewons go to North.');
  await walk.ask('1524-0080-21', 'with the old key');
  await section('Waiting for approval').getByText('with the old key').waitFor();
  await button(/^Renew…/)
    .first()
    .click();
  await dialog().getByText('Every card that holds it stops working').waitFor();
  await take(dialog());
  await answer('Renew the key');
  await section('Waiting for approval').getByText('with the old key').waitFor({ state: 'detached' });
  await auto.getByLabel('Note').first().fill('Line 7');
  const coming = page.waitForEvent('download');
  await button('Download card image').click();
  const card = join(dir, 'card.img');
  await (await coming).saveAs(card);
  await take(auto);
  const { board, statusUntil } = await walk.board('by-card', CARD);
  await board.slots.sd0.insert(card);
  await statusUntil(({ registration }) => registration.state === 'pending', 'pending', 45_000);
  const waiting = section('Waiting for approval').getByRole('listitem').filter({ hasText: CARD });
  await waiting.getByText('Line 7').waitFor();
  assert.deepEqual(
    (await account.api.pending()).map(({ serial, pool }) => [serial, pool]),
    [[CARD, 'North']],
  );
}

export async function wizard(walk: Walk): Promise<void> {
  const { account, take } = walk;
  const password = 'wizard user #1';
  const added = await runCommand(
    'account',
    ['user', 'add', 'wizard', '--administrator', '--state', account.stateDir],
    password,
  );
  assert.equal(added.status, 0, added.stderr);
  const { configFile, statusUntil } = await walk.board('by-wizard', WIZARD);
  const { name } = await account.api.get<{ readonly name: string }>('/api/v1/account');
  const typed = ['enable', 'wizard', name, 'wizard', password, '', 'Press 4', 'show registration'];
  const told = await runCommand('ewon-agent', ['--config', configFile, 'console', '--script'], `${typed.join('\n')}\n`);
  assert.equal(told.status, 0, told.stdout);
  await statusUntil(({ uplink }) => uplink.state === 'online', 'online', 45_000);
  // added at once: nobody approves it
  const row = ewons(walk).getByRole('row').filter({ hasText: 'Press 4' });
  await row.getByText('Online', { exact: true }).first().waitFor();
  await take(ewons(walk));
}

export async function approval(walk: Walk): Promise<void> {
  const { section, button, dialog, answer, said, take } = walk;
  await take(section('Waiting for approval'));
  await button(`Approve ${CARD}`).click();
  await dialog().getByLabel('Name').fill('Fan 7');
  await dialog().getByLabel('Pool').selectOption('South');
  await dialog().getByLabel('Description').fill('Hall 2');
  await dialog().getByLabel('Site').fill('Brugge');
  await take(dialog());
  await answer('Approve this Ewon');
  await said('Approved: Fan 7.');
  const row = (text: string) => ewons(walk).getByRole('row').filter({ hasText: text });
  await row('Fan 7').getByText('Online', { exact: true }).first().waitFor();
  // an Ewon is there and was never switched on: another takes its place
  await walk.ask(AGAIN, 'spare part');
  await button(`Replace an existing Ewon ${AGAIN}`).click();
  await dialog()
    .getByRole('radio', { name: /^Pump S/ })
    .check();
  await take(dialog());
  await answer('Replace “Pump S”');
  await said('the new Ewon is Pump S now');
  await row('Pump S').getByText(AGAIN).first().waitFor();
}

export async function logs(walk: Walk): Promise<void> {
  const { page, section, take } = walk;
  const log = section('Log').first(); // its raw form is a region of its own, of the same name
  await log
    .getByText(/Ewon 1524-0081-21 was approved as \[Fan 7\]/)
    .first()
    .waitFor();
  await log.getByLabel('Show').selectOption('User messages');
  await log
    .getByText(/was renewed|was revoked/)
    .first()
    .waitFor();
  await take(log);
  for (const [link, part] of [
    ['Export .csv', /^(\ufeff)?"?at"?,"?name"?/],
    ['Export as text', /^\d{4}-\d\d-\d\d; \d\d:\d\d:\d\d; /],
  ] as const) {
    const coming = page.waitForEvent('download');
    await log.getByRole('link', { name: link }).click();
    assert.match(await readFile(await (await coming).path(), 'utf8'), part);
  }
  await log.getByLabel('View').selectOption('Raw');
  await log
    .getByText(/; User; /)
    .first()
    .waitFor();
  await take(log);
}
