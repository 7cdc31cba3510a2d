import type { Selectable } from 'kysely';
import { keptOr } from './kept.ts';
import { findReady } from './ready-query.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { AccountArea, AccountRow } from './store.ts';

const PATCH_ROOT = 'patchRoot';

/** The account and its pools. */
export function accountArea(scope: Scope): AccountArea {
  const { db, accountId } = scope;
  return {
    account: () =>
      keptOr(scope, 'account', async () => {
        const row = await findReady(scope, 'account', [accountId], () =>
          db.selectFrom('account').selectAll().where('accountId', '=', accountId),
        );
        if (!row) throw new Error('this is a bug: no account');
        return rowOfAccount(row);
      }),
    async updateAccount({ autoRegistration, ...patch }) {
      const set = { ...patch, ...(autoRegistration !== undefined && { autoRegistration: Number(autoRegistration) }) };
      scope.kept.delete('account');
      await db.updateTable('account').set(set).where('accountId', '=', accountId).execute();
    },
    async patchRoot() {
      const row = await db
        .selectFrom('setting')
        .select('value')
        .where('accountId', '=', accountId)
        .where('name', '=', PATCH_ROOT)
        .executeTakeFirst();
      return row?.value;
    },
    async setPatchRoot(value) {
      await db
        .insertInto('setting')
        .values({ accountId, name: PATCH_ROOT, value })
        .onConflict((c) => c.columns(['accountId', 'name']).doUpdateSet({ value }))
        .execute();
    },
    async pools() {
      const rows = await db
        .selectFrom('pool')
        .select('name')
        .where('accountId', '=', accountId)
        .orderBy('position')
        .execute();
      return rows.map((row) => row.name);
    },
    async addPool(name) {
      const { last } = await db
        .selectFrom('pool')
        .select((e) => e.fn.max('position').as('last'))
        .where('accountId', '=', accountId)
        .executeTakeFirstOrThrow();
      const done = await db
        .insertInto('pool')
        .values({ accountId, name, position: Number(last ?? 0) + 1 })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst();
      return Number(done.numInsertedOrUpdatedRows) > 0;
    },
    async removePool(name) {
      const done = await db
        .deleteFrom('pool')
        .where('accountId', '=', accountId)
        .where('name', '=', name)
        .executeTakeFirst();
      return Number(done.numDeletedRows) > 0;
    },
  };
}

/** Reads a row of the table of accounts. */
export function rowOfAccount(row: Selectable<Tables['account']>): AccountRow {
  return { ...row, autoRegistration: row.autoRegistration === 1 };
}
