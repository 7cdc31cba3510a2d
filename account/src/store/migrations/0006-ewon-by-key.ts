import type { Kysely } from 'kysely';

// Each registration asks for the Ewons of its device key, whatever became of them; without an index that is a look at
// every Ewon of the account. Only what SQLite and PostgreSQL both know, and every step may be run twice (see 0001).

/** Makes the index of Ewons by device key. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const made = db.schema.createIndex('ewon_by_publicKey').ifNotExists().on('ewon');
  await made.columns(['accountId', 'publicKey']).execute();
}
