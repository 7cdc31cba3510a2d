// test-timeout: 900 s
import { assert, suite } from '@ewon-agent/contracts/testing';
import { geolocation, importFromAnother, logs, patches } from './account-walk-account.ts';
import { createAlbum, type Row } from './account-walk-album.ts';
import { approval, autoRegistration, customFields, wizard } from './account-walk-ewons.ts';
import {
  accountInformation,
  apiTokens,
  contacts,
  passwordPolicy,
  twoFactorPolicy,
  usersAndGroups,
} from './account-walk-people.ts';
import { openStage, type Stage, type Walk } from './account-walk-stage.ts';

// Every row of the systems of the account page, walked as a person does, in Chromium against `account serve` and boards with the
// agent, each a process of its own. The rows tell one story and follow one another. Pictures: artefacts/account-walk/index.html.

const ROWS: readonly (Row & { readonly walk: (walk: Walk) => Promise<void> })[] = [
  {
    row: 1,
    name: 'account-information',
    text: 'General information of the account is shown and modified.',
    walk: accountInformation,
  },
  {
    row: 2,
    name: 'password-policy',
    text: 'The password policy counts for new users; existing passwords stay valid.',
    walk: passwordPolicy,
  },
  {
    row: 3,
    name: 'two-factor-policy',
    text: 'New users set two-factor up; a PC is remembered.',
    walk: twoFactorPolicy,
  },
  { row: 7, name: 'contacts', text: 'Contacts get announcements of maintenance.', walk: contacts },
  {
    row: 8,
    name: 'custom-fields',
    text: 'Custom fields of Ewons and users have names, are shown and searched.',
    walk: customFields,
  },
  {
    row: 9,
    name: 'auto-registration',
    text: 'Auto-registration is switched, has a pool, its key is renewed, and a card is exported; an Ewon comes by it.',
    walk: autoRegistration,
  },
  { row: 10, name: 'wizard', text: 'An Ewon is added at once by the wizard on its console.', walk: wizard },
  {
    row: 11,
    name: 'approval',
    text: 'An Ewon that came by card is approved with its properties; another replaces an existing one.',
    walk: approval,
  },
  { row: 12, name: 'api-tokens', text: 'API tokens are added, used, changed and deleted.', walk: apiTokens },
  {
    row: 14,
    name: 'import-from-another-account',
    text: 'Ewons are imported from another account; both logs say so.',
    walk: importFromAnother,
  },
  {
    row: 15,
    name: 'geolocation',
    text: 'Geolocation is switched off for every Ewon, and on again.',
    walk: geolocation,
  },
  {
    row: 16,
    name: 'remote-management',
    text: 'Remote management is switched off, and with it that patches are applied by themselves; and on again.',
    walk: patches,
  },
  { row: 18, name: 'logs', text: 'The log, detailed and raw, filtered and exported.', walk: logs },
  {
    row: 20,
    name: 'users-groups-pools',
    text: 'A technician may see his pool and export a card, and nothing else.',
    walk: usersAndGroups,
  },
];

suite('a walk through the account page', { needs: ['chromium'], timeoutMs: 240_000 }, (test) => {
  const album = createAlbum();
  let stage: Stage;
  test.before(async () => {
    stage = await openStage();
    for (const name of ['North', 'South']) await stage.account.api.send('POST', '/api/v1/pools', { name });
    const { ewon } = stage.walk(async () => {});
    await ewon('1524-0071-21', { name: 'Pump N', pool: 'North' });
    await ewon('1524-0072-21', { name: 'Pump S', pool: 'South' });
  });
  test.after(async () => {
    album.close();
    await stage?.close();
  });

  for (const row of ROWS) {
    const { walk, ...of } = row;
    test(`${of.row}. ${of.text}`, () => walk(stage.walk(album.taking(of))));
  }

  test('through all of it: no script error, nothing against the content policy, nobody else asked', () => {
    assert.deepEqual(stage.watched.complaints, []);
    const { host } = new URL(stage.account.adminUrl);
    assert.deepEqual(
      [...stage.watched.hosts].filter((asked) => asked !== host && asked !== 'blob:'),
      [],
    );
  });
});
