import { join } from 'node:path';
import type { GrkView } from '@ewon-agent/account/http/views';
import { assert } from '@ewon-agent/contracts/testing';
import type { AccountProcess } from '../src/account-process.ts';
import type { BoardWithAgent } from '../src/board-with-agent.ts';
import { runCommand } from '../src/command.ts';
import { addAdministrator, type Walk } from './account-walk-stage.ts';

// What an administrator does with Ewons: rows 8, 9, 10 and 11.

/** Where the page has its list of Ewons. */
export const ewons = ({ section }: Walk) => section(/^Ewons/);
export const ewonRow = (walk: Walk, text: string) => ewons(walk).getByRole('row').filter({ hasText: text });
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
  await ewonRow(walk, 'Pump N')
    .getByRole('button', { name: /^Change/ })
    .click();
  await dialog().getByLabel('Site').fill('Gent');
  // the page is drawn anew meanwhile, and what was typed stays
  await walk.ask('1524-0079-21', 'meanwhile');
  await section('Waiting for approval').getByText('meanwhile').waitFor({ state: 'attached' });
  await answer('Save');
  await said('Saved: Pump N.');
  await ewonRow(walk, 'Pump N').getByText('Site: Gent').waitFor();
  await ewons(walk).getByRole('searchbox', { name: 'Site' }).fill('gent');
  await ewonRow(walk, 'Pump S').waitFor({ state: 'detached' });
  await ewonRow(walk, 'Pump N').waitFor();
  await take(ewons(walk));
  await ewons(walk).getByRole('searchbox', { name: 'Site' }).fill('');
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
  const [old] = await account.api.get<readonly GrkView[]>('/api/v1/grks');
  await button(`Renew… ${old?.id}`).click();
  await dialog().getByText('Every card that holds it stops working').waitFor();
  await take(dialog());
  await answer('Renew the key');
  await section('Waiting for approval').getByText('with the old key').waitFor({ state: 'detached' });
  await button(`Renew… ${old?.id}`).waitFor({ state: 'detached' });
  await auto.getByRole('textbox', { name: /^Note/ }).first().fill('Line 7');
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

/** Has a board join an account by the wizard on its console, and waits until it is online. */
export async function addByWizard(
  { board }: Walk,
  account: AccountProcess,
  as: Readonly<Record<'board' | 'serial' | 'user' | 'password' | 'name', string>>,
): Promise<BoardWithAgent> {
  const onBoard = await board(as.board, as.serial, account);
  const { name } = await account.api.get<{ readonly name: string }>('/api/v1/account');
  const typed = ['enable', 'wizard', name, as.user, as.password, '', as.name];
  const console = ['--config', onBoard.configFile, 'console', '--script'];
  const told = await runCommand('ewon-agent', console, `${typed.join('\n')}\n`);
  assert.equal(told.status, 0, told.stdout);
  await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online', 45_000);
  return onBoard;
}

export async function wizard(walk: Walk): Promise<void> {
  const as = { user: 'wizard', password: 'wizard user #1' };
  await addAdministrator(walk.account, as.user, as.password);
  await addByWizard(walk, walk.account, { ...as, board: 'by-wizard', serial: WIZARD, name: 'Press 4' });
  // added at once: nobody approves it
  await ewonRow(walk, 'Press 4').getByText('Online', { exact: true }).waitFor();
  await walk.take(ewons(walk));
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
  await ewonRow(walk, 'Fan 7').getByText('Online', { exact: true }).waitFor();
  // an Ewon is there and was never switched on: another, whose card has its name as the note, takes its place
  await walk.ask(AGAIN, 'Pump S');
  await button(`Replace an existing Ewon ${AGAIN}`).click();
  await dialog()
    .getByRole('radio', { name: /^Pump S/ })
    .check();
  await take(dialog());
  await answer('Replace “Pump S”');
  await said('the new Ewon is Pump S now');
  await ewonRow(walk, 'Pump S').getByText(AGAIN).waitFor();
  // it was the wrong one: the old one has its place again
  await ewonRow(walk, 'Pump S')
    .getByRole('button', { name: /^Undo replacement/ })
    .click();
  await take(dialog());
  await answer('Undo the replacement');
  await said('Undone: Pump S is again the Ewon it was.');
  await ewonRow(walk, 'Pump S').getByText('1524-0072-21').waitFor();
}
