import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { databaseUrlOf } from './database.ts';

suite('the database on the command line', (test) => {
  test('none is the file of the state directory; a URL with a password is refused, and not repeated', () => {
    assert.equal(assertOk(databaseUrlOf({})), undefined);
    assert.equal(assertOk(databaseUrlOf({ database: 'postgres://u@h/d' })), 'postgres://u@h/d');
    for (const database of ['postgres://u:Top5ecret@h/d', 'postgres://u@h/d?password=Top5ecret']) {
      const fault = assertFault(databaseUrlOf({ database }), 'USAGE');
      assert.ok(!JSON.stringify(fault).includes('Top5ecret'));
    }
  });

  test('a file may hold the password, unless other users may read it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ewon-database-'));
    const databaseFile = join(folder, 'url');
    await writeFile(databaseFile, 'postgres://u:Top5ecret@h/d\n', { mode: 0o600 });
    assert.equal(assertOk(databaseUrlOf({ databaseFile })), 'postgres://u:Top5ecret@h/d');
    await chmod(databaseFile, 0o644);
    assertFault(databaseUrlOf({ databaseFile }), 'USAGE');
    assertFault(databaseUrlOf({ databaseFile: join(folder, 'none') }), 'USAGE');
    await rm(folder, { recursive: true });
  });
});
