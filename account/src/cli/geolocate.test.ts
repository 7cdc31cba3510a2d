import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { geolocateOf } from './geolocate.ts';

const URL_TEXT = 'https://places.example/v1/geolocate';

suite('the location service on the command line', (test) => {
  test('none unless named; over HTTPS, or on this machine; a key is never an argument', () => {
    assert.equal(assertOk(geolocateOf({})), undefined);
    assert.deepEqual(assertOk(geolocateOf({ geolocateUrl: URL_TEXT })), { url: URL_TEXT });
    assertOk(geolocateOf({ geolocateUrl: 'http://127.0.0.1:8080/v1/geolocate' }));
    for (const geolocateUrl of ['http://places.example/v1/geolocate', 'ftp://x', 'nonsense', ''])
      assertFault(geolocateOf({ geolocateUrl }), 'USAGE');
    for (const geolocateUrl of [`${URL_TEXT}?key=Top5ecret`, 'https://u:Top5ecret@places.example/v1/geolocate'])
      assert.ok(!JSON.stringify(assertFault(geolocateOf({ geolocateUrl }), 'USAGE')).includes('Top5ecret'));
    assertFault(geolocateOf({ geolocateKeyFile: '/nowhere' }), 'USAGE');
  });

  test('its key comes from a file that other users cannot read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ewon-geolocate-'));
    const geolocateKeyFile = join(folder, 'key');
    await writeFile(geolocateKeyFile, 'Top5ecret\n', { mode: 0o600 });
    assert.deepEqual(assertOk(geolocateOf({ geolocateUrl: URL_TEXT, geolocateKeyFile })), {
      url: URL_TEXT,
      key: 'Top5ecret',
    });
    await chmod(geolocateKeyFile, 0o644);
    assertFault(geolocateOf({ geolocateUrl: URL_TEXT, geolocateKeyFile }), 'USAGE');
    await writeFile(geolocateKeyFile, '\n');
    await chmod(geolocateKeyFile, 0o600);
    assertFault(geolocateOf({ geolocateUrl: URL_TEXT, geolocateKeyFile }), 'USAGE');
    await rm(folder, { recursive: true });
  });
});
