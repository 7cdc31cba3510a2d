import { assert, rejects, suite } from '@ewon-agent/contracts/testing';
import { createClockSystem } from '../adapters/clock-system.ts';
import { createRandomNode } from '../adapters/random-node.ts';
import { CONNECTION_LOST } from '../core/store-failure.ts';
import { startCuttingProxy } from '../testing/cutting-proxy.ts';
import { startPostgres, type TestPostgres } from '../testing/postgres.ts';
import { accountRow, ewonRecord, logEntry, registrationRecord } from '../testing/records.ts';
import { storeSuite } from '../testing/store-suite.ts';
import { openPostgresStore, postgresClients } from './open-postgres.ts';

const needs = ['postgres', 'initdb', 'setpriv'] as const;
const chance = { clock: createClockSystem(), random: createRandomNode() };
let server: Promise<TestPostgres> | undefined;

async function makeDatabase() {
  server ??= startPostgres();
  const postgres = await server;
  const url = await postgres.createDatabase();
  const open = async (at = url, clock = chance.clock) =>
    openPostgresStore(await postgresClients(at), { ...chance, clock });
  return { postgres, url, open, remove: async () => {} };
}

storeSuite('store over PostgreSQL', makeDatabase, { needs });

suite('store over PostgreSQL: several processes, and a server that goes', { needs, timeoutMs: 120_000 }, (test) => {
  test.after(async () => (await server)?.remove());

  test('eight that start at once on an empty database: one makes the tables, one the account', async () => {
    const { open } = await makeDatabase();
    const stores = await Promise.all(Array.from({ length: 8 }, () => open()));
    const firsts = await Promise.all(stores.map((store) => store.firstAccount(accountRow())));
    assert.equal(new Set(firsts.map(({ accountId }) => accountId)).size, 1);
    assert.equal((await stores[0]?.accounts())?.length, 1);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('four processes that read and write in turn: none sees half of another, log lines are numbered in order', async () => {
    const { open } = await makeDatabase();
    const stores = await Promise.all(Array.from({ length: 4 }, () => open()));
    const row = accountRow();
    await stores[0]?.createAccount(row);
    const work = Array.from({ length: 40 }, (_, i) =>
      stores[i % 4]?.account(row.accountId).transact(async (tx) => {
        const count = await tx.countRegistrations({});
        await tx.insertRegistration(registrationRecord({ note: String(count) }));
        return (await tx.appendLog(logEntry()))?.id;
      }),
    );
    const ids = (await Promise.all(work)).map(Number);
    const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      numbers,
    );
    const notes = await stores[1]?.account(row.accountId).transact(async (tx) => tx.registrations({}));
    assert.deepEqual(
      notes?.map(({ note }) => Number(note) + 1).toSorted((a, b) => a - b),
      numbers,
    );
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a conflict with somebody who takes no turns is not seen: the work runs again', async () => {
    const { postgres, url, open } = await makeDatabase();
    const store = await open();
    const row = accountRow();
    await store.createAccount(row);
    const ewon = ewonRecord();
    const account = store.account(row.accountId);
    await account.transact((tx) => tx.insertEwon(ewon));
    let runs = 0;
    await account.transact(async (tx) => {
      const read = await tx.ewon(ewon.deviceId);
      runs += 1;
      // between the question and the change, by hand: 40001
      if (runs <= 2) await postgres.sql(url, `update ewon set note = 'by hand ${runs}'`);
      await tx.updateEwon(ewon.deviceId, { description: `${read?.note}` });
    });
    assert.equal(runs, 3);
    assert.equal((await account.transact((tx) => tx.ewon(ewon.deviceId)))?.description, 'by hand 2');
    await store.close();
  });

  test('the connection breaks at the commit: carried out or not, the work is kept once', async () => {
    const { url, open } = await makeDatabase();
    const at = new URL(url);
    const proxy = await startCuttingProxy(Number(at.port));
    at.port = String(proxy.port);
    const store = await open(at.href);
    const row = accountRow();
    await store.createAccount(row);
    const account = store.account(row.accountId);
    const runs: number[] = [];
    for (const when of ['after the server has it', 'before the server has it'] as const) {
      proxy.cutAtCommit(when);
      let count = 0;
      await account.transact(async (tx) => {
        count += 1;
        await tx.appendLog(logEntry({ event: when }));
      });
      runs.push(count);
    }
    assert.deepEqual(runs, [1, 2], 'what was carried out is not done again');
    const lines = await account.transact((tx) => tx.log({ limit: 9 }));
    assert.deepEqual(
      lines.map(({ event }) => event),
      ['after the server has it', 'before the server has it'],
    );
    await store.close();
    await proxy.close();
  });

  test('a server that is away for long: the work rejects, and what was not kept is not there', async () => {
    const { postgres, url, open } = await makeDatabase();
    // by this clock ten seconds pass in a quarter of one
    const store = await open(url, { ...chance.clock, monotonic: () => chance.clock.monotonic() * 40 });
    const row = accountRow();
    await store.createAccount(row);
    const account = store.account(row.accountId);
    await postgres.end('in order');
    await rejects(() => account.transact((tx) => tx.appendLog(logEntry())), CONNECTION_LOST);
    await postgres.start();
    assert.deepEqual(await account.transact((tx) => tx.log({ limit: 9 })), []);
    await store.close();
  });

  test('the server restarts in the middle of the work: the work runs again, once it is back', async () => {
    const { postgres, open } = await makeDatabase();
    const store = await open();
    const row = accountRow();
    await store.createAccount(row);
    const account = store.account(row.accountId);
    for (const how of ['crash', 'in order'] as const) {
      let runs = 0;
      await account.transact(async (tx) => {
        runs += 1;
        await tx.appendLog(logEntry({ event: how }));
        if (runs > 1) return;
        const ended = postgres.end(how);
        if (how === 'crash') await ended;
        void ended.then(() => postgres.start());
      });
      assert.ok(runs >= 1);
    }
    const lines = await account.transact((tx) => tx.log({ limit: 9 }));
    assert.deepEqual(
      lines.map(({ event }) => event),
      ['crash', 'in order'],
    );
    await store.close();
  });
});
