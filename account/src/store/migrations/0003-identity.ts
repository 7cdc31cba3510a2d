import type { Kysely } from 'kysely';

// What is remembered of an identity for life: quarantine, renewals that a person decides about, and the last starts.

const COLUMNS = ['quarantined_at', 'renewal_asked_at', 'renewal_allowed_at', 'boots'];

/** Adds the columns to `ewon`; those that are there already stay, because a start may be killed half way (see 0001). */
export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables();
  const present = tables.find(({ name }) => name === 'ewon')?.columns.map(({ name }) => name) ?? [];
  for (const column of COLUMNS.filter((name) => !present.includes(name)))
    await db.schema.alterTable('ewon').addColumn(column, 'text').execute();
}
