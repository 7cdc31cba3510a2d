import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { TOKEN } from '../testing/account-sim.ts';
import { TLS } from '../testing/account-tls.ts';
import { findAccountDoor } from './account-door.ts';

const URL_HERE = 'http://127.0.0.1:1234';

suite('the way to an account server', (test) => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  test.before.each(() => {
    folder = mkdtempSync(join(tmpdir(), 'sdcard-'));
    writeFileSync(at('token'), `${TOKEN}\n`);
    writeFileSync(at('admin.json'), JSON.stringify({ adminUrl: URL_HERE, deviceUrl: 'https://127.0.0.1:5678/' }));
    writeFileSync(at('admin-token'), TOKEN);
  });
  test.after.each(() => rmSync(folder, { recursive: true }));

  test('an address and a file with the token', async () => {
    const door = assertOk(await findAccountDoor(`${URL_HERE}/`, { tokenFile: at('token') }));
    assert.deepEqual(door, { adminUrl: URL_HERE, token: TOKEN, whenAway: 'ADMIN_UNREACHABLE' });
    assertFault(await findAccountDoor(URL_HERE), 'USAGE');
  });

  test('over HTTPS to any machine; a CA is read, and is for HTTPS only', async () => {
    const far = 'https://account.example';
    writeFileSync(at('ca'), TLS.cert);
    writeFileSync(at('no-ca'), 'token');
    const files = { tokenFile: at('token'), caFile: at('ca') };
    const door = { adminUrl: far, token: TOKEN, whenAway: 'ADMIN_UNREACHABLE' };
    assert.deepEqual(assertOk(await findAccountDoor(far, { tokenFile: at('token') })), door);
    assert.deepEqual(assertOk(await findAccountDoor(far, files)), { ...door, ca: TLS.cert });
    assertFault(await findAccountDoor(far, { ...files, caFile: at('nothing') }), 'TARGET_MISSING');
    assertFault(await findAccountDoor(far, { ...files, caFile: at('no-ca') }), 'USAGE');
    for (const near of [URL_HERE, folder]) assertFault(await findAccountDoor(near, files), 'USAGE');
    assertFault(await findAccountDoor('http://account.example', { tokenFile: at('token') }), 'USAGE');
  });

  test('a state directory has both; another token may be given', async () => {
    const door = { adminUrl: URL_HERE, token: TOKEN, whenAway: 'ACCOUNT_NOT_RUNNING' };
    assert.deepEqual(assertOk(await findAccountDoor(folder)), door);
    writeFileSync(at('other'), 'another');
    assert.deepEqual(assertOk(await findAccountDoor(folder, { tokenFile: at('other') })), {
      ...door,
      token: 'another',
    });
  });

  test('no server runs on the directory, or there is none: ACCOUNT_NOT_RUNNING', async () => {
    for (const content of ['', '{}', '{"adminUrl":1}', 'x'.repeat(5000)]) {
      writeFileSync(at('admin.json'), content);
      assertFault(await findAccountDoor(folder), 'ACCOUNT_NOT_RUNNING');
    }
    rmSync(at('admin.json'));
    for (const dir of [folder, at('nothing'), at('token')])
      assertFault(await findAccountDoor(dir), 'ACCOUNT_NOT_RUNNING');
  });

  test('a directory that leads to another machine is refused like such an address', async () => {
    writeFileSync(at('admin.json'), '{"adminUrl":"http://192.0.2.1:80"}');
    assertFault(await findAccountDoor(folder), 'USAGE');
  });

  test('no token file: TARGET_MISSING; a directory in its place: TARGET_REFUSED', async () => {
    assertFault(await findAccountDoor(URL_HERE, { tokenFile: at('nothing') }), 'TARGET_MISSING');
    assertFault(await findAccountDoor(URL_HERE, { tokenFile: folder }), 'TARGET_REFUSED');
    rmSync(at('admin-token'));
    assertFault(await findAccountDoor(folder), 'TARGET_MISSING');
  });

  test('a file that holds no token, or more: ADMIN_TOKEN_REFUSED, and nothing of it is repeated', async () => {
    for (const content of ['', ' \n', `${TOKEN}\n${TOKEN}`, `${TOKEN}\0`, `${TOKEN}ü`, TOKEN.repeat(200)]) {
      writeFileSync(at('token'), content);
      const { detail } = assertFault(
        await findAccountDoor(URL_HERE, { tokenFile: at('token') }),
        'ADMIN_TOKEN_REFUSED',
      );
      assert.ok(!detail.includes(TOKEN.slice(0, 6)), detail);
    }
  });
});
