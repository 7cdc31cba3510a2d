import type { Scope } from './scope.ts';
import type { SignInArea } from './store-users.ts';

const SESSION = ['sessionHash', 'userId', 'createdAt', 'expiresAt', 'network', 'browser'] as const;

/** Tries, sessions and remembered PCs of users. */
export function signInArea({ db, accountId }: Scope): SignInArea {
  const sessions = () => db.selectFrom('userSession').select(SESSION).where('accountId', '=', accountId);
  return {
    async triesOf(who) {
      const row = await db
        .selectFrom('signInTry')
        .select(['failures', 'lastAtMs'])
        .where('accountId', '=', accountId)
        .where('who', '=', who)
        .executeTakeFirst();
      return row && { failures: row.failures, lastAtMs: Number(row.lastAtMs) };
    },
    async manyTries(failures, sinceMs) {
      const rows = await db
        .selectFrom('signInTry')
        .select(['who', 'failures', 'lastAtMs'])
        .where('accountId', '=', accountId)
        .where('failures', '>=', failures)
        .where('lastAtMs', '>=', sinceMs)
        .orderBy('who')
        .execute();
      return rows.map(({ lastAtMs, ...row }) => ({ ...row, lastAtMs: Number(lastAtMs) }));
    },
    async keepTries(who, tries) {
      await db
        .insertInto('signInTry')
        .values({ accountId, who, ...tries })
        .onConflict((c) => c.columns(['accountId', 'who']).doUpdateSet(tries))
        .execute();
    },
    async forgetTries(who) {
      await db.deleteFrom('signInTry').where('accountId', '=', accountId).where('who', '=', who).execute();
    },
    async pruneTries(lastBeforeMs) {
      await db
        .deleteFrom('signInTry')
        .where('accountId', '=', accountId)
        .where('lastAtMs', '<', lastBeforeMs)
        .execute();
    },
    async addUserSession(session) {
      await db
        .insertInto('userSession')
        .values({ accountId, ...session })
        .execute();
    },
    userSession: (sessionHash, now) =>
      sessions().where('sessionHash', '=', sessionHash).where('expiresAt', '>', now).executeTakeFirst(),
    userSessions: (userId, now) =>
      sessions().where('userId', '=', userId).where('expiresAt', '>', now).orderBy('createdAt', 'desc').execute(),
    async endUserSession(sessionHash) {
      await db
        .deleteFrom('userSession')
        .where('accountId', '=', accountId)
        .where('sessionHash', '=', sessionHash)
        .execute();
    },
    async endUserSessions(userId, butHash = '') {
      await db
        .deleteFrom('userSession')
        .where('accountId', '=', accountId)
        .where('userId', '=', userId)
        .where('sessionHash', '!=', butHash)
        .execute();
    },
    async pruneUserSessions(now) {
      await db.deleteFrom('userSession').where('accountId', '=', accountId).where('expiresAt', '<=', now).execute();
    },
    async rememberPc(pc) {
      await db
        .insertInto('rememberedPc')
        .values({ accountId, ...pc })
        .execute();
    },
    rememberedPc: (tokenHash) =>
      db
        .selectFrom('rememberedPc')
        .select(['tokenHash', 'userId', 'rememberedAt'])
        .where('accountId', '=', accountId)
        .where('tokenHash', '=', tokenHash)
        .executeTakeFirst(),
    async prunePcs(rememberedBefore) {
      await db
        .deleteFrom('rememberedPc')
        .where('accountId', '=', accountId)
        .where('rememberedAt', '<', rememberedBefore)
        .execute();
    },
    async forgetPcs(userId) {
      await db.deleteFrom('rememberedPc').where('accountId', '=', accountId).where('userId', '=', userId).execute();
    },
  };
}
