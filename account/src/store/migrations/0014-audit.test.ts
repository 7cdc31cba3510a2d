import { assert, suite } from '@ewon-agent/contracts/testing';
import { CamelCasePlugin, Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { accountRow, logEntry } from '../../testing/records.ts';
import { nodeSqliteDialect } from '../dialect-node-sqlite.ts';
import type { Tables } from '../schema.ts';
import { up } from './0014-audit.ts';
import { MIGRATIONS } from './all.ts';

suite('migration 0014: lines of an audit', (test) => {
  test('older lines about users and decisions are marked, and nothing that a device says; twice the same', async () => {
    const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(':memory:'), plugins: [new CamelCasePlugin()] });
    const provider = { getMigrations: async () => ({ ...MIGRATIONS }) };
    assert.equal((await new Migrator({ db, provider }).migrateTo('0013-t2m')).error, undefined);
    const { accountId, name, createdAt } = accountRow();
    const account = { accountId, name, autoRegistration: 0, autoRegistrationPool: 'Default', createdAt };
    await db.insertInto('account').values(account).execute();
    const lines = [
      logEntry({ event: 'signed in', subject: 'User' }),
      logEntry({ event: 'approved', code: 'REGISTERED' }),
      logEntry({ event: 'a device says', code: 'REGISTERED' }),
      logEntry({ event: 'is online', code: null }),
    ];
    for (const [i, line] of lines.entries()) {
      const origin = line.event === 'a device says' ? 'e/1' : null;
      const row: Omit<Tables['log'], 'audit'> = { ...line, accountId, id: i + 1, origin };
      await db
        .insertInto('log')
        .values(row as Tables['log'])
        .execute();
    }
    assert.equal((await new Migrator({ db, provider }).migrateToLatest()).error, undefined);
    await up(db as unknown as Kysely<unknown>);
    const marked = await db.selectFrom('log').select('event').where('audit', '=', 1).orderBy('id').execute();
    assert.deepEqual(
      marked.map(({ event }) => event),
      ['signed in', 'approved'],
    );
    await db.destroy();
  });
});
