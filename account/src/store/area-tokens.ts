import type { Selectable } from 'kysely';
import type { ApiTokenRecord } from '../core/users.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { TokensArea } from './store.ts';

/** Tokens of the API. */
export function tokensArea({ db, accountId }: Scope): TokensArea {
  const all = () => db.selectFrom('apiToken').selectAll().where('accountId', '=', accountId);
  return {
    apiTokens: async () => (await all().orderBy('createdAt').orderBy('tokenId').execute()).map(recordOf),
    async apiTokenOf(tokenHash) {
      const row = await all().where('tokenHash', '=', tokenHash).executeTakeFirst();
      return row && recordOf(row);
    },
    async insertApiToken({ permissions, pools, ...record }) {
      await db
        .insertInto('apiToken')
        .values({ ...record, accountId, permissions: JSON.stringify(permissions), pools: JSON.stringify(pools) })
        .execute();
    },
    async updateApiToken(tokenId, { permissions, pools, ...patch }) {
      const set = {
        ...patch,
        ...(permissions && { permissions: JSON.stringify(permissions) }),
        ...(pools && { pools: JSON.stringify(pools) }),
      };
      if (Object.keys(set).length === 0) return;
      await db
        .updateTable('apiToken')
        .set(set)
        .where('accountId', '=', accountId)
        .where('tokenId', '=', tokenId)
        .execute();
    },
    async removeApiToken(tokenId) {
      await db.deleteFrom('apiToken').where('accountId', '=', accountId).where('tokenId', '=', tokenId).execute();
    },
  };
}

function recordOf({ accountId: _, permissions, pools, ...row }: Selectable<Tables['apiToken']>): ApiTokenRecord {
  return { ...row, permissions: JSON.parse(permissions), pools: JSON.parse(pools) };
}
