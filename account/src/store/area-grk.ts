import type { GrkId } from '@ewon-agent/contracts';
import { keptOr } from './kept.ts';
import { findReady } from './ready-query.ts';
import type { Scope } from './scope.ts';
import type { GrkArea } from './store.ts';

const nameOf = (grkId: GrkId): string => `grk ${grkId}`;

/** Registration keys, sealed. */
export function grkArea(scope: Scope): GrkArea {
  const { db, accountId } = scope;
  const all = () =>
    db
      .selectFrom('grk')
      .select([
        'grkId',
        'sealedKey',
        'state',
        'origin',
        'pool',
        'note',
        'createdAt',
        'expiresAt',
        'revokedAt',
        'usesMax',
        'uses',
        'exports',
      ])
      .where('accountId', '=', accountId);
  const grk: GrkArea['grk'] = (grkId) =>
    keptOr(scope, nameOf(grkId), () =>
      findReady(scope, 'grk', [accountId, grkId], () => all().where('grkId', '=', grkId)),
    );
  return {
    grks: () => all().orderBy('createdAt').orderBy('grkId').execute(),
    grk,
    grkOfRequest: grk,
    async insertGrk(record) {
      scope.kept.delete(nameOf(record.grkId));
      await db
        .insertInto('grk')
        .values({ ...record, accountId })
        .execute();
    },
    async updateGrk(grkId, patch) {
      scope.kept.delete(nameOf(grkId));
      await db.updateTable('grk').set(patch).where('accountId', '=', accountId).where('grkId', '=', grkId).execute();
    },
  };
}
