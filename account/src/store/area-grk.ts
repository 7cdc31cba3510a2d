import { findReady } from './ready-query.ts';
import type { Scope } from './scope.ts';
import type { GrkArea } from './store.ts';

/** Registration keys, sealed. */
export function grkArea(scope: Scope): GrkArea {
  const { db, accountId } = scope;
  const all = () =>
    db
      .selectFrom('grk')
      .select(['grkId', 'sealedKey', 'state', 'origin', 'pool', 'note', 'createdAt', 'expiresAt', 'revokedAt'])
      .where('accountId', '=', accountId);
  return {
    grks: () => all().orderBy('createdAt').orderBy('grkId').execute(),
    grk: (grkId) => findReady(scope, 'grk', [accountId, grkId], () => all().where('grkId', '=', grkId)),
    async insertGrk(record) {
      await db
        .insertInto('grk')
        .values({ ...record, accountId })
        .execute();
    },
    async updateGrk(grkId, patch) {
      await db.updateTable('grk').set(patch).where('accountId', '=', accountId).where('grkId', '=', grkId).execute();
    },
  };
}
