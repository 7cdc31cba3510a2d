import type { Scope } from './scope.ts';
import type { GrkArea } from './store.ts';

/** Registration keys, sealed. */
export function grkArea({ db, accountId }: Scope): GrkArea {
  const all = () =>
    db
      .selectFrom('grk')
      .select(['grkId', 'sealedKey', 'state', 'origin', 'pool', 'note', 'createdAt', 'expiresAt', 'revokedAt'])
      .where('accountId', '=', accountId);
  return {
    grks: () => all().orderBy('createdAt').orderBy('grkId').execute(),
    grk: (grkId) => all().where('grkId', '=', grkId).executeTakeFirst(),
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
