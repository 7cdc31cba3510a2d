import type { CreateTableBuilder, Kysely } from 'kysely';

// What is wrong with Ewons. Only what SQLite and PostgreSQL both know, and every step may be run twice (see 0001).

/** Makes the table of alarms. */
export async function up(db: Kysely<unknown>): Promise<void> {
  let table: CreateTableBuilder<'alarm', string> = db.schema.createTable('alarm').ifNotExists();
  for (const column of ['accountId', 'deviceId', 'code', 'severity', 'text', 'openedAt', 'lastAt', 'epoch'])
    table = table.addColumn(column, 'text', (c) => c.notNull());
  await table
    .addColumn('open', 'integer', (c) => c.notNull())
    .addColumn('count', 'integer', (c) => c.notNull())
    // above 2^31 in a device that lives long: "integer" has 32 bits in PostgreSQL
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('alarm_key', ['accountId', 'deviceId', 'code'])
    .addForeignKeyConstraint('alarm_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  await db.schema.createIndex('alarm_by_open').ifNotExists().on('alarm').columns(['accountId', 'open']).execute();
}
