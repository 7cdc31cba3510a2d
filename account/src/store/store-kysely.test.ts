import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { accountRow, ewonRecord, GRK_ID, grkRecord, registrationRecord } from '../testing/records.ts';
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

  test('an account from before uses of keys were counted: those that there are count, however often it is filled', async () => {
    const { file, open, remove } = await makeFolder();
    const account = accountRow();
    const store = await open();
    await store.createAccount(account);
    await store.account(account.accountId).transact(async (tx) => {
      await tx.insertGrk(grkRecord());
      for (const state of ['approved', 'replaced', 'rejected', 'approved'] as const)
        await tx.insertRegistration(registrationRecord({ state }));
    });
    await store.close();
    const usesAfter = async (statement: string) => {
      const database = new DatabaseSync(file);
      database.exec(statement);
      database.close();
      const opened = await open();
      const grk = await opened.account(account.accountId).transact((tx) => tx.grk(GRK_ID));
      await opened.close();
      return grk?.uses;
    };
    const again = "delete from kysely_migration where name >= '0011'";
    assert.equal(await usesAfter(again), 3);
    assert.equal(await usesAfter(again), 3);
    assert.equal(await usesAfter(`${again}; update grk set uses = 7`), 7, 'what was counted since stays');
    await remove();
  });

  test('an account from before versions were sorted by their numbers: what is there is filled in, however often', async () => {
    const { file, open, remove } = await makeFolder();
    const account = accountRow();
    const store = await open();
    await store.createAccount(account);
    const versions = ['14.10s0', '14.9s3', ''];
    await store.account(account.accountId).transact(async (tx) => {
      for (const firmware of versions)
        await tx.insertEwon(ewonRecord({ firmware, agent: firmware, customFields: [firmware && 'Ö', '', ''] }));
    });
    await store.close();
    const columns = ['firmware_order', 'agent_order', 'custom1_words', 'custom2_words', 'custom3_words'];
    const dropped = columns.map((column) => `alter table ewon drop column ${column};`).join(' ');
    for (const before of [dropped, '']) {
      const database = new DatabaseSync(file);
      database.exec(`${before} delete from kysely_migration where name >= '0015'`);
      database.close();
      const opened = await open();
      const [firmware, agent, found] = await opened.account(account.accountId).transact(async (tx) => {
        const page = (sort: 'firmware' | 'agent') => tx.ewonPage({ sort, order: 'up', limit: 9 });
        return [await page('firmware'), await page('agent'), await tx.countEwons({ custom1: 'ö' })];
      });
      await opened.close();
      assert.deepEqual(
        firmware.rows.map((ewon) => ewon.firmware),
        ['', '14.9s3', '14.10s0'],
      );
      assert.deepEqual(
        agent.rows.map((ewon) => ewon.agent),
        ['', '14.9s3', '14.10s0'],
      );
      assert.equal(found, 2);
    }
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
