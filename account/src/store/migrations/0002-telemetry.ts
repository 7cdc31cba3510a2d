import type { Kysely } from 'kysely';

// What devices measured. Only what SQLite and PostgreSQL both know, and every step may be run twice (see 0001).

/** Makes the table of telemetry messages. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('telemetry')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('deviceId', 'text', (c) => c.notNull())
    .addColumn('epoch', 'text', (c) => c.notNull())
    // above 2^31 in a device that lives long: "integer" has 32 bits in PostgreSQL
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('receivedAt', 'text', (c) => c.notNull())
    .addColumn('sizeBytes', 'integer', (c) => c.notNull())
    .addColumn('samples', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('telemetry_key', ['accountId', 'deviceId', 'epoch', 'seq'])
    .addForeignKeyConstraint('telemetry_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  // sizes as well, so that upkeep adds them up without reading the samples
  await db.schema
    .createIndex('telemetry_by_age')
    .ifNotExists()
    .on('telemetry')
    .columns(['accountId', 'receivedAt', 'sizeBytes'])
    .execute();
}
