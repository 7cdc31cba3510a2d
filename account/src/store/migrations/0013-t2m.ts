import type { Kysely } from 'kysely';

// What scripts of Talk2M's API need: numbers of Ewons and pools, and which API a token is for. Only what SQLite and PostgreSQL both know, and
// every step may be run twice (see 0001).

/** Makes the table of numbers; a token that is there already goes on as what it was made for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('t2m_number')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('t2m_number_key', ['accountId', 'what'])
    .addForeignKeyConstraint('t2m_number_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  const number = db.schema.createIndex('t2m_number_once').ifNotExists().on('t2m_number');
  await number.columns(['accountId', 'number']).unique().execute();
  const tables = await db.introspection.getTables();
  const columns = tables.find(({ name }) => name === 'api_token' || name === 'apiToken')?.columns ?? [];
  if (columns.some(({ name }) => name === 'apis')) return;
  await db.schema
    .alterTable('apiToken')
    .addColumn('apis', 'text', (c) => c.notNull().defaultTo('["admin"]'))
    .execute();
}
