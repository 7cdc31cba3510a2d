import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { storeSuite } from '../testing/store-suite.ts';
import { nodeSqliteDialect } from './dialect-node-sqlite.ts';
import { openStore } from './store-kysely.ts';

async function makeFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'ewon-store-'));
  const file = join(folder, 'account.sqlite');
  const remove = () => rm(folder, { recursive: true, force: true });
  return { file, open: () => openStore(nodeSqliteDialect(file)), remove };
}

storeSuite('store over node:sqlite', makeFolder);

suite('store over node:sqlite: the file', (test) => {
  test('write-ahead log, synchronous FULL, foreign keys', async () => {
    const { file, open, remove } = await makeFolder();
    const store = await open();
    const database = new DatabaseSync(file);
    assert.equal(database.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
    database.close();
    await store.close();
    await remove();
  });

  test('account_id is in every table', async () => {
    const { file, open, remove } = await makeFolder();
    await (await open()).close();
    const database = new DatabaseSync(file);
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%kysely%'")
      .all();
    assert.ok(tables.length >= 13, `${tables.length} tables`);
    for (const { name } of tables) {
      const columns = database.prepare(`SELECT name FROM pragma_table_info('${name}')`).all();
      assert.ok(
        columns.some((column) => column['name'] === 'account_id'),
        String(name),
      );
    }
    database.close();
    await remove();
  });

  test('killed in the middle of writing: what was acknowledged is there, of the rest all or nothing', async () => {
    const { file, open, remove } = await makeFolder();
    const writer = new URL('../testing/store-writer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      acknowledged += text.split('\n').length - 1;
      if (acknowledged >= 50) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const store = await open();
    const [row] = await store.accounts();
    assert.ok(row);
    const [records, lines] = await store
      .account(row.accountId)
      .transact(async (tx) => [await tx.countRegistrations({}), (await tx.log({ limit: 1e5 })).length]);
    assert.ok(records >= acknowledged && acknowledged >= 50, `${records} kept, ${acknowledged} acknowledged`);
    assert.equal(lines, records, 'a record without its line, or the other way round');
    await store.close();
    await remove();
  });
});
