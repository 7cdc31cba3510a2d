import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { POSTGRES_PROGRAMS } from '@ewon-agent/account/testing/postgres';
import { assert, suite } from '@ewon-agent/contracts/testing';

// The lists bench once, with a small fleet: that it runs and what its answer looks like. No time is judged here.

const MAIN = join(import.meta.dirname, 'main.ts');

suite('the lists bench', { timeoutMs: 200_000, needs: [...POSTGRES_PROGRAMS] }, (test) => {
  test('asks every question on both databases, and exports the log', async () => {
    const asked = ['--json', 'lists', '--runs', '1', '--devices', '20'];
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...asked]);
    const { groups, exports } = JSON.parse(stdout);
    for (const database of ['PostgreSQL', 'SQLite'])
      assert.ok(groups.filter((one: { database: string }) => one.database === database).length > 40, database);
    assert.deepEqual(
      exports.map((one: { lines: number }) => one.lines),
      [2000, 2000],
    );
  });
});
