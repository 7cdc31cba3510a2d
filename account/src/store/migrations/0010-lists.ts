import { type Kysely, type RawBuilder, sql } from 'kysely';
import { nameOrderOf, searchTextOf } from '../../core/ewon-words.ts';

// What lists of ten thousand Ewons and a million lines of the log are searched and sorted by, keys with a limit of uses,
// and replacements that may be undone. Only what SQLite and PostgreSQL both know, and every step may be run twice (see 0001).

const FILLED_AT_ONCE = 500;

/** Adds columns, indexes and the table of replacements, and fills what is searched and sorted by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['search_text', 'name_order', 'patch_state']) await addColumn(db, 'ewon', column, 'text');
  await addColumn(db, 'grk', 'uses_max', 'integer?');
  for (const column of ['uses', 'exports']) await addColumn(db, 'grk', column, 'integer');
  await db.schema
    .createTable('replacement')
    .ifNotExists()
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('deviceId', 'text', (c) => c.notNull())
    .addColumn('replacedId', 'text', (c) => c.notNull())
    .addColumn('wasLink', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('undoneAt', 'text')
    .addPrimaryKeyConstraint('replacement_key', ['accountId', 'deviceId'])
    .addForeignKeyConstraint('replacement_of_account', ['accountId'], 'account', ['accountId'])
    .execute();
  await index(db, 'log', 'log_by_at', ['at', 'id']);
  await index(db, 'log', 'log_by_ewon', ['deviceId', 'at', 'id'], sql<boolean>`device_id is not null`);
  await index(db, 'log', 'log_errors', ['at', 'id'], sql<boolean>`severity = 'error'`);
  await index(db, 'log', 'log_of_users', ['at', 'id'], sql<boolean>`subject = 'User'`);
  await fillWords(db as Kysely<Filled>);
  await fillPatchStates(db as Kysely<Filled>);
}

type Words = { name: string; serial: string; description: string; note: string };
type Filled = {
  ewon: Words & {
    accountId: string;
    deviceId: string;
    custom1: string;
    custom2: string;
    custom3: string;
    searchText: string;
    nameOrder: string;
    patchState: string;
  };
  retained: { accountId: string; deviceId: string; channel: string; body: string };
};

async function fillWords(db: Kysely<Filled>): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('ewon')
      .select(['accountId', 'deviceId', 'name', 'serial', 'description', 'note', 'custom1', 'custom2', 'custom3'])
      .where('searchText', '=', '')
      .limit(FILLED_AT_ONCE)
      .execute();
    if (rows.length === 0) return;
    for (const { accountId, deviceId, custom1, custom2, custom3, ...words } of rows)
      await db
        .updateTable('ewon')
        .set({
          searchText: searchTextOf({ ...words, customFields: [custom1, custom2, custom3] } as never),
          nameOrder: nameOrderOf(words.name),
        })
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .execute();
  }
}

async function fillPatchStates(db: Kysely<Filled>): Promise<void> {
  const rows = await db.selectFrom('retained').selectAll().where('channel', '=', 'patch').execute();
  for (const { accountId, deviceId, body } of rows)
    await db
      .updateTable('ewon')
      .set({ patchState: String(JSON.parse(body).state) })
      .where('accountId', '=', accountId)
      .where('deviceId', '=', deviceId)
      .execute();
}

async function addColumn(db: Kysely<unknown>, table: string, column: string, type: 'text' | 'integer' | 'integer?') {
  const tables = await db.introspection.getTables();
  if (tables.find(({ name }) => name === table)?.columns.some(({ name }) => name === column)) return;
  const added = db.schema.alterTable(table);
  if (type === 'integer?') return added.addColumn(column, 'integer').execute();
  return added.addColumn(column, type, (c) => c.notNull().defaultTo(type === 'text' ? '' : 0)).execute();
}

async function index(
  db: Kysely<unknown>,
  table: string,
  name: string,
  columns: readonly string[],
  where?: RawBuilder<boolean>,
): Promise<void> {
  const made = db.schema
    .createIndex(name)
    .ifNotExists()
    .on(table)
    .columns(['accountId', ...columns]);
  await (where ? made.where(where) : made).execute();
}
