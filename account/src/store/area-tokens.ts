import type { Selectable } from 'kysely';
import type { ApiTokenRecord } from '../core/users.ts';
import { givenChanged, givenIn, givenOut } from './given-columns.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { TokensArea } from './store-users.ts';

/** Tokens of the API. */
export function tokensArea({ db, accountId }: Scope): TokensArea {
  const all = () => db.selectFrom('apiToken').selectAll().where('accountId', '=', accountId);
  return {
    apiTokens: async () => (await all().orderBy('createdAt').orderBy('tokenId').execute()).map(recordOf),
    async apiTokenOf(tokenHash) {
      const row = await all().where('tokenHash', '=', tokenHash).executeTakeFirst();
      return row && recordOf(row);
    },
    async insertApiToken({ apis, ...record }) {
      await db
        .insertInto('apiToken')
        .values({ ...givenOut(record), apis: JSON.stringify(apis), accountId })
        .execute();
    },
    async updateApiToken(tokenId, { apis, ...patch }) {
      const set = { ...givenChanged(patch), ...(apis && { apis: JSON.stringify(apis) }) };
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

function recordOf({ accountId: _, apis, ...row }: Selectable<Tables['apiToken']>): ApiTokenRecord {
  return { ...givenIn(row), apis: JSON.parse(apis) };
}
