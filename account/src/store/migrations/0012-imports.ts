import type { CreateTableBuilder, Kysely } from 'kysely';

// Imports of Ewons from other accounts, and what other accounts were given to import from this one. Only what SQLite and
// PostgreSQL both know, and every step may be run twice (see 0001).

const TABLES: Record<string, { readonly key: readonly string[]; readonly texts: readonly string[] }> = {
  accountImport: { key: ['importId'], texts: ['importId', 'state', 'body', 'createdAt'] },
  importedEwon: { key: ['importId', 'publicKey'], texts: ['importId', 'publicKey', 'state', 'body'] },
  handover: { key: ['handoverId'], texts: ['handoverId', 'rightHash', 'expiresAt', 'body'] },
  movingEwon: { key: ['handoverId', 'deviceId'], texts: ['handoverId', 'deviceId', 'state', 'at', 'body'] },
};
const INDEXED: readonly (readonly [string, string])[] = [
  ['movingEwon', 'deviceId'],
  ['movingEwon', 'state'],
  ['handover', 'rightHash'],
];

/** Makes the tables of imports, on both sides. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, { key, texts }] of Object.entries(TABLES)) {
    let table: CreateTableBuilder<string, string> = db.schema
      .createTable(name)
      .ifNotExists()
      .addColumn('accountId', 'text', (c) => c.notNull());
    for (const column of texts) table = table.addColumn(column, 'text', (c) => c.notNull());
    await table
      .addPrimaryKeyConstraint(`${name}_key`, ['accountId', ...key])
      .addForeignKeyConstraint(`${name}_of_account`, ['accountId'], 'account', ['accountId'])
      .execute();
  }
  for (const [table, column] of INDEXED)
    await db.schema
      .createIndex(`${table}_by_${column}`)
      .ifNotExists()
      .on(table)
      .columns(['accountId', column])
      .execute();
}
