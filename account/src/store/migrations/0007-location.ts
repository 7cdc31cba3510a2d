import type { Kysely } from 'kysely';

// Where Ewons are, what a service answered to what they told, and the cells of networks. Only what SQLite and
// PostgreSQL both know, and every step may be run twice (see 0001).

/** Makes the tables of places, of a service's answers, and of cells. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('location')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('deviceId', 'text', (c) => c.notNull())
    .addColumn('lat', 'double precision')
    .addColumn('lng', 'double precision')
    .addColumn('accuracy', 'double precision')
    .addColumn('source', 'text')
    .addColumn('fallback', 'text')
    .addColumn('at', 'text')
    .addColumn('offBy', 'text')
    .addColumn('evidenceKey', 'text')
    .addColumn('passed', 'text', (c) => c.notNull())
    .addColumn('home', 'text')
    .addColumn('address', 'text')
    .addColumn('dueAt', 'text')
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('location_key', ['accountId', 'deviceId'])
    .addForeignKeyConstraint('location_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  await db.schema.createIndex('location_by_due').ifNotExists().on('location').columns(['accountId', 'dueAt']).execute();

  await db.schema
    .createTable('geolocated')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('deviceId', 'text', (c) => c.notNull())
    .addColumn('askedKey', 'text', (c) => c.notNull())
    .addColumn('answer', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('geolocated_key', ['accountId', 'deviceId', 'askedKey'])
    .addForeignKeyConstraint('geolocated_of_account', ['accountId'], 'account', ['accountId'])
    .execute();

  // public knowledge, and yet of one account: what one imports must not decide where the Ewons of another are.
  // The key leads from the network to the cell, so that the cells of an area stand together
  await db.schema
    .createTable('cell')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('mcc', 'integer', (c) => c.notNull())
    .addColumn('mnc', 'integer', (c) => c.notNull())
    .addColumn('area', 'integer', (c) => c.notNull())
    // 36 bits in 5G: "integer" has 32 in PostgreSQL
    .addColumn('cell', 'bigint', (c) => c.notNull())
    .addColumn('radio', 'text', (c) => c.notNull())
    .addColumn('lat', 'double precision', (c) => c.notNull())
    .addColumn('lng', 'double precision', (c) => c.notNull())
    .addColumn('rangeM', 'integer', (c) => c.notNull())
    .addColumn('samples', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('cell_key', ['accountId', 'mcc', 'mnc', 'area', 'cell', 'radio'])
    .addForeignKeyConstraint('cell_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
}
