import { timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { CompiledQuery, type DatabaseConnection, type Dialect } from 'kysely';
import { accountRow, ewonRecord, registrationRecord } from '../testing/records.ts';
import { nodeSqliteDialect } from './dialect-node-sqlite.ts';
import type { StoreTx } from './store.ts';
import { openStore } from './store-kysely.ts';

// What one device costs must not depend on how many others there are: each question about one row finds it by an index
// that leads to that row. SQLite tells by which one it would go.

const { publicKey, serial, name, deviceId } = ewonRecord();
const CELL = { mcc: 206, mnc: 1, area: 7, cell: 1, radio: 'lte' } as const;
const AT = timestampOf(0);
const NEWEST = { sort: 'time', order: 'down', limit: 9 } as const;
const QUESTIONS: readonly (readonly [string, (tx: StoreTx) => Promise<unknown>, string])[] = [
  ['the pending record of a device key', (tx) => tx.pendingOfKey(publicKey), 'public_key=?'],
  ['the record of a request id', (tx) => tx.registrationByRequestId('r'), 'request_id=?'],
  ['the record of a Location', (tx) => tx.registrationByToken('t'), 'token=?'],
  ['a record', (tx) => tx.registration('r'), 'registration_id=?'],
  ['what waits from a source network', (tx) => tx.countRegistrations({ state: 'pending', network: 'n' }), 'network=?'],
  ['Ewons of a device key', (tx) => tx.ewons({ publicKey }), 'public_key=?'],
  ['linked Ewons of a device key', (tx) => tx.ewons({ publicKey, link: ['linked'] }), 'public_key=?'],
  ['Ewons of a serial number', (tx) => tx.ewons({ serial }), 'serial=?'],
  ['the Ewon that has a name', (tx) => tx.ewonByName(name), 'name=?'],
  ['where an Ewon is', (tx) => tx.locationOf(deviceId), 'device_id=?'],
  ['a cell', (tx) => tx.cellsNamed([CELL]), 'cell=?'],
  ['the cells of an area', (tx) => tx.cellsOfArea(CELL, 9), 'area=?'],
  ['places that are due', (tx) => tx.dueLocations('9', 1), 'due_at<?'],
  ['the log by time', (tx) => tx.logPage({ ...NEWEST }), 'log_by_at (account_id=?'],
  ['a deep page of the log', (tx) => tx.logPage({ ...NEWEST, after: { after: [AT, 7] } }), 'log_by_at (account_id=?'],
  ['a part of the log', (tx) => tx.logPage({ ...NEWEST, from: AT, to: AT }), 'at>? AND at<?'],
  ['errors', (tx) => tx.logPage({ ...NEWEST, kind: 'error' }), 'log_errors (account_id=?'],
  ['lines about users', (tx) => tx.logPage({ ...NEWEST, kind: 'user' }), 'log_of_users (account_id=?'],
  ['lines about an Ewon', (tx) => tx.logPage({ ...NEWEST, deviceId }), 'log_by_ewon (account_id=? AND device_id=?'],
  ['words in the log', (tx) => tx.logPage({ ...NEWEST, words: ['w'] }), 'log_by_at (account_id=?'],
  ['the log by another column', (tx) => tx.logPage({ ...NEWEST, sort: 'name' }), 'log_by_at (account_id=?'],
  ['what somebody did', (tx) => tx.logPage({ ...NEWEST, user: 'ann' }), 'log_of_audit (account_id=?'],
  ['too many lines of devices', (tx) => tx.pruneLog('devices', 9, 9), 'log_of_devices (account_id=?'],
  ['too many lines of people', (tx) => tx.pruneLog('audit', 9, 9), 'log_of_audit (account_id=?'],
  ['what is told of the rows of a page', (tx) => tx.retainedOf([deviceId]), 'device_id=?'],
  ['the end of the log', (tx) => tx.log({ limit: 1 }), 'account_id=?'],
];

suite('store: what one device costs', (test) => {
  for (const [what, ask, by] of QUESTIONS)
    test(`${what} is found by an index`, async () => {
      const plans: string[] = [];
      const store = await openStore(explaining(nodeSqliteDialect(':memory:'), plans));
      const row = accountRow();
      await store.createAccount(row);
      const { transact } = store.account(row.accountId);
      await transact((tx) => tx.insertRegistration(registrationRecord()));
      plans.length = 0;
      await transact(ask);
      await store.close();
      assert.ok(plans.length > 0, 'nothing was asked');
      for (const plan of plans) assert.ok(plan.includes('SEARCH') && plan.includes(by), plan);
    });
});

/** A dialect that also asks how it would find what it is asked for. */
function explaining(dialect: Dialect, plans: string[]): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver() {
      const driver = dialect.createDriver();
      const acquire = driver.acquireConnection.bind(driver);
      driver.acquireConnection = async (options) => {
        const connection = await acquire(options);
        const executeQuery: DatabaseConnection['executeQuery'] = async (query, ...rest) => {
          if (/^select .* where/.test(query.sql)) {
            const asked = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]);
            const { rows } = await connection.executeQuery<{ detail: string }>(asked);
            plans.push(rows.map(({ detail }) => detail).join('; '));
          }
          return connection.executeQuery(query, ...rest);
        };
        return { executeQuery, streamQuery: connection.streamQuery.bind(connection) };
      };
      return driver;
    },
  };
}
