import { type Kysely, sql } from 'kysely';

// Which lines of the log are of an audit, so that lines that devices caused do not push them out. Only what SQLite and PostgreSQL both
// know, and every step may be run twice (see 0001).

/** Marks what people did and decided, as far as an older line tells it, and makes the indexes by which lines are forgotten. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables();
  if (!tables.find(({ name }) => name === 'log')?.columns.some(({ name }) => name === 'audit'))
    await db.schema
      .alterTable('log')
      .addColumn('audit', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
  // decisions about Ewons had these codes; what a device says has an origin, and may have any code
  const decided = sql`origin is null and code in ('REGISTERED', 'REPLACED', 'REJECTED', 'UNLINKED')`;
  await sql`update log set audit = 1 where audit = 0 and (subject = 'User' or ${decided})`.execute(db);
  for (const [name, audit] of [
    ['log_of_devices', sql<boolean>`audit = 0`],
    ['log_of_audit', sql<boolean>`audit = 1`],
  ] as const)
    await db.schema.createIndex(name).ifNotExists().on('log').columns(['accountId', 'at', 'id']).where(audit).execute();
}
