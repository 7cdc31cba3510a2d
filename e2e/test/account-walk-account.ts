import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyEffect } from '@ewon-agent/account/core/policy-effect';
import { assert, eventually } from '@ewon-agent/contracts/testing';
import { startAccountProcess } from '../src/account-process.ts';
import { addByWizard, ewonRow } from './account-walk-ewons.ts';
import { addAdministrator, type Walk } from './account-walk-stage.ts';

// What an administrator does with the account as a whole: rows 14, 15, 16 and 18.

const MOVED = '1524-0084-21';
const PASSWORD = 'administrator #1';

export async function importFromAnother(walk: Walk): Promise<void> {
  const { account, dir, section, button, dialog, take, until } = walk;
  const source = await startAccountProcess(join(dir, 'source'));
  until(() => source.kill());
  await addAdministrator(source, 'boss', PASSWORD);
  const { statusUntil } = await addByWizard(walk, source, {
    ...{ board: 'moved', serial: MOVED },
    ...{ user: 'boss', password: PASSWORD, name: 'Mixer 9' },
  });
  const { name: from } = await source.api.get<{ readonly name: string }>('/api/v1/account');
  await button('Import Ewons…').click();
  await dialog().getByLabel('Address of its page').fill(source.adminUrl);
  await dialog().getByLabel('Login there').fill('boss');
  await dialog().getByLabel('Password there').fill(PASSWORD);
  await take(dialog());
  await button('Sign in and list its Ewons').click();
  await dialog().getByLabel('A new pool').check();
  await dialog().getByLabel('Name of the new pool').fill('Taken over');
  await button('Next').click();
  await dialog().getByRole('row').filter({ hasText: MOVED }).waitFor();
  await take(dialog());
  await button('Next').click();
  await dialog().getByText('This cannot be undone').waitFor();
  await button('Move 1 Ewon').click();
  await dialog().getByText('1 of 1 moved').waitFor();
  await take(dialog());
  await dialog().getByRole('button', { name: 'Close' }).click();
  await statusUntil(({ uplink }) => uplink.state === 'online', 'online here', 45_000);
  await ewonRow(walk, 'Mixer 9').getByText('Online', { exact: true }).waitFor();
  await section('Log').first().getByText(`Ewon [Mixer 9] has been moved from account [${from}].`).first().waitFor();
  const { name: to } = await account.api.get<{ readonly name: string }>('/api/v1/account');
  // the Ewon says good-bye there once it is here
  const isTold = async () =>
    (await source.api.text('/api/v1/log?form=raw')).includes(`Ewon [Mixer 9] moved to account [${to}].`);
  await eventually(isTold, { what: 'the line at the account it left', timeoutMs: 60_000 });
}

/** Switches for all Ewons off and on again, and waits until those that are online have applied it. */
async function switchOffAndOn(
  walk: Walk,
  what: 'geolocation' | 'remote management',
  whenOff: () => Promise<void>,
): Promise<void> {
  const { section, button, answer, said, take } = walk;
  const privacy = section('Privacy');
  await button(`Switch ${what} off…`).click();
  await take(walk.dialog());
  await answer(`Switch ${what} off`);
  await said('is off for the whole account');
  // the page may still show how many had applied the policy before
  const { version } = await walk.account.api.get<{ readonly version: number }>('/api/v1/policy');
  const isApplied = async () => {
    const effect = await walk.account.api.get<PolicyEffect>('/api/v1/policy/effect');
    return effect.version === version && effect.applied >= 2;
  };
  await eventually(isApplied, { what: 'applied by those that are online', timeoutMs: 60_000 });
  await privacy.getByText(/^[23] of \d Ewons have applied it/).waitFor();
  await whenOff();
  await take(privacy);
  await button(`Switch ${what} on…`).click();
  await answer(`Switch ${what} on`);
  await said(`The account allows ${what} again.`);
}

export async function geolocation(walk: Walk): Promise<void> {
  await switchOffAndOn(walk, 'geolocation', () =>
    walk.section(/^Map/).getByText('Geolocation is switched off for this account').waitFor(),
  );
}

export async function patches(walk: Walk): Promise<void> {
  await switchOffAndOn(walk, 'remote management', async () => {
    const { remoteManagement } = await walk.account.api.get<{ readonly remoteManagement: boolean }>('/api/v1/policy');
    assert.equal(remoteManagement, false);
  });
}

export async function logs(walk: Walk): Promise<void> {
  const { page, section, take } = walk;
  const log = section('Log').first(); // its raw form may be a region of its own, of the same name
  await log.getByLabel('Show').selectOption('User messages');
  await log
    .getByText(/was revoked and .* made/)
    .first()
    .waitFor();
  await take(log);
  for (const [link, part] of [
    ['Export .csv', /^(\ufeff)?"?at"?,"?name"?/],
    ['Export as text', /^(\ufeff)?\d{4}-\d\d-\d\d; \d\d:\d\d:\d\d; /],
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
