import type { Kysely } from 'kysely';

// The account's key over time, its policy, and its commands. Only what SQLite and PostgreSQL both know, and every step
// may be run twice (see 0001).

/** Makes the tables of what the account orders. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('signingKey')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('publicKey', 'text', (c) => c.notNull())
    .addColumn('sealedSeed', 'text', (c) => c.notNull())
    .addColumn('announcement', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('createdAt', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('signing_key_key', ['accountId', 'number'])
    .addForeignKeyConstraint('signing_key_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  await db.schema
    .createTable('policy')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    // seconds since 1970 at least (see core/policy.ts): beyond 2038 more than 32 bits
    .addColumn('version', 'bigint', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('issuedAt', 'text', (c) => c.notNull())
    .addColumn('signed', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('policy_key', ['accountId'])
    .addForeignKeyConstraint('policy_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  await db.schema
    .createTable('command')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('commandId', 'text', (c) => c.notNull())
    .addColumn('deviceId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('arguments', 'text', (c) => c.notNull())
    .addColumn('issuedAt', 'text', (c) => c.notNull())
    .addColumn('expiresAt', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('saidBy', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('detail', 'text')
    .addColumn('result', 'text')
    .addColumn('changedAt', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('command_key', ['accountId', 'commandId'])
    .addForeignKeyConstraint('command_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  await db.schema
    .createIndex('command_by_age')
    .ifNotExists()
    .on('command')
    .columns(['accountId', 'issuedAt', 'commandId'])
    .execute();
}
