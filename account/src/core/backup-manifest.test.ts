import { toUtf8 } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type BackupManifest, isKept, isStateName, readManifest } from './backup-manifest.ts';

const KNOWN = ['0001-first', '0002-second'];
const file = (name: string) => ({ name, sizeBytes: 1, sha256: 'a'.repeat(64) });
const MANIFEST: BackupManifest = {
  v: 1,
  takenAt: '2026-03-01T12:00:00.000Z',
  accountId: `a_${'b'.repeat(26)}` as BackupManifest['accountId'],
  accountName: 'My account',
  database: 'sqlite',
  migrations: ['0001-first'],
  counts: { linked: 1, pending: 0, activeKeys: 1, logLines: 2 },
  files: [file('database/account.sqlite'), file('state/master.key'), file('state/aspu/targets/ab.patch-1.0.tar.gz')],
};
const read = (manifest: object) => readManifest(toUtf8(JSON.stringify(manifest)), KNOWN);

suite('manifest of a backup', (test) => {
  test('is read as it was written, of this database or of an older one', () => {
    assert.deepEqual(assertOk(read(MANIFEST)), MANIFEST);
    assert.deepEqual(assertOk(read({ ...MANIFEST, migrations: KNOWN })).migrations, KNOWN);
  });

  test('a newer form or a newer database is told from damage', () => {
    assertFault(read({ v: 2 }), 'BACKUP_NEWER');
    assertFault(read({ ...MANIFEST, migrations: [...KNOWN, '0003-third'] }), 'BACKUP_NEWER');
    for (const bad of [{}, { ...MANIFEST, v: 0 }, { ...MANIFEST, accountId: 'x' }, { ...MANIFEST, files: [{}] }])
      assertFault(read(bad), 'BACKUP_DAMAGED');
    assertFault(readManifest(toUtf8('{'), KNOWN), 'BACKUP_DAMAGED');
  });

  test('names a database and nothing outside the state directory, each once', () => {
    const names = [
      '../x',
      'state/../x',
      '/etc/passwd',
      'state/',
      'state//x',
      'state/.x',
      'state/a\\b',
      'database/x',
      'x',
    ];
    for (const name of [...names, 'state/master.key', 'database/account.dump'])
      assertFault(read({ ...MANIFEST, files: [...MANIFEST.files, file(name)] }), 'BACKUP_DAMAGED');
    assertFault(read({ ...MANIFEST, files: MANIFEST.files.slice(1) }), 'BACKUP_DAMAGED');
    assertFault(read({ ...MANIFEST, database: 'postgres' }), 'BACKUP_DAMAGED');
    assert.ok(isStateName('state/aspu-draft/1.root.json'));
  });

  test('what belongs to one process, and the key of nonces, is left out', () => {
    const kept = ['master.key', 'ports.json', 'admin-token', 'aspu/timestamp.json', 'aspu-draft/online-keys.json'];
    const left = [
      'account.sqlite',
      'account.sqlite-wal',
      'lock.sqlite',
      'aspu-draft/lock.sqlite-journal',
      'admin.json',
    ];
    for (const name of kept) assert.ok(isKept(name), name);
    for (const name of [...left, 'nonce.key', '.x.new', 'aspu/.y.new', 'aspu-draft/incoming/p', '.backup/lock.sqlite'])
      assert.ok(!isKept(name), name);
  });
});
