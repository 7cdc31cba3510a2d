import type { ImportedEwon, ImportedState, ImportRecord } from '../core/imports/imports.ts';
import { type ManyRows, runMany } from './many-rows.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { ImportsArea } from './store-imports.ts';

type Row = Tables['importedEwon'];

/** Imports from other accounts, and the Ewons of them. */
export function importArea(scope: Scope): ImportsArea {
  const { db, accountId } = scope;
  const imports = () => db.selectFrom('accountImport').select('body').where('accountId', '=', accountId);
  const ewons = (importId: string) =>
    db.selectFrom('importedEwon').select('body').where('accountId', '=', accountId).where('importId', '=', importId);
  const keep: ManyRows<Row, unknown> = {
    name: 'imported ewons',
    columns: ['accountId', 'importId', 'publicKey', 'state', 'body'],
    write: (rows) =>
      db
        .insertInto('importedEwon')
        .values([...rows])
        .onConflict((c) =>
          c.columns(['accountId', 'importId', 'publicKey']).doUpdateSet((e) => ({
            state: e.ref('excluded.state'),
            body: e.ref('excluded.body'),
          })),
        ),
  };
  return {
    imports: async () =>
      (await imports().orderBy('createdAt', 'desc').orderBy('importId').execute()).map(({ body }) => importIn(body)),
    async import(importId) {
      const row = await imports().where('importId', '=', importId).executeTakeFirst();
      return row && importIn(row.body);
    },
    async keepImport(record) {
      const { importId, state, createdAt } = record;
      const values = { state, body: JSON.stringify(record) };
      await db
        .insertInto('accountImport')
        .values({ accountId, importId, createdAt, ...values })
        .onConflict((c) => c.columns(['accountId', 'importId']).doUpdateSet(values))
        .execute();
    },
    async removeImport(importId) {
      for (const table of ['importedEwon', 'accountImport'] as const)
        await db.deleteFrom(table).where('accountId', '=', accountId).where('importId', '=', importId).execute();
    },
    importedEwons: async (importId) =>
      (await ewons(importId).orderBy('publicKey').execute()).map(({ body }) => ewonIn(body)),
    async countImported(importId) {
      const rows = await db
        .selectFrom('importedEwon')
        .select(['state', (e) => e.fn.countAll().as('n')])
        .where('accountId', '=', accountId)
        .where('importId', '=', importId)
        .groupBy('state')
        .execute();
      const count = (wanted: ImportedState) => Number(rows.find(({ state }) => state === wanted)?.n ?? 0);
      return { waiting: count('waiting'), moved: count('moved'), failed: count('failed'), stayed: count('stayed') };
    },
    async importedEwon(importId, publicKey) {
      const row = await ewons(importId).where('publicKey', '=', publicKey).executeTakeFirst();
      return row && ewonIn(row.body);
    },
    async keepImportedEwons(importId, kept) {
      const rows = kept.map((ewon) => {
        const { publicKey, state } = ewon;
        return { accountId, importId, publicKey, state, body: JSON.stringify(ewon) };
      });
      await runMany(scope, keep, rows);
    },
    async removeListed(importId) {
      await db
        .deleteFrom('importedEwon')
        .where('accountId', '=', accountId)
        .where('importId', '=', importId)
        .where('state', '=', 'listed')
        .execute();
    },
  };
}

const importIn = (body: string): ImportRecord => JSON.parse(body);
const ewonIn = (body: string): ImportedEwon => JSON.parse(body);
