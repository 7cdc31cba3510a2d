import { keptOr } from './kept.ts';
import { findReady, runReady } from './ready-query.ts';
import type { Scope } from './scope.ts';
import type { DoorArea } from './store.ts';

const GENERATION = 'nonce-generation';

/** Used nonces, one-time links, sessions: what keeps the doors. */
export function doorArea(scope: Scope): DoorArea {
  const { db, accountId } = scope;
  const readGeneration = async (): Promise<number> => {
    const row = await findReady(scope, 'nonce generation', [accountId, GENERATION], () =>
      db.selectFrom('setting').select('value').where('accountId', '=', accountId).where('name', '=', GENERATION),
    );
    return Number(row?.value ?? 1);
  };
  const generation = () => keptOr(scope, GENERATION, readGeneration);
  return {
    nonceGeneration: generation,
    async useNonce(nonce, ofGeneration) {
      const { numAffectedRows } = await runReady(scope, 'use nonce', [accountId, nonce, ofGeneration], () =>
        db
          .insertInto('usedNonce')
          .values({ accountId, nonce, generation: ofGeneration })
          .onConflict((c) => c.doNothing()),
      );
      return Number(numAffectedRows) > 0;
    },
    async nextNonceGeneration() {
      const next = (await readGeneration()) + 1;
      scope.kept.delete(GENERATION);
      const value = String(next);
      await db
        .insertInto('setting')
        .values({ accountId, name: GENERATION, value })
        .onConflict((c) => c.columns(['accountId', 'name']).doUpdateSet({ value }))
        .execute();
      await db
        .deleteFrom('usedNonce')
        .where('accountId', '=', accountId)
        .where('generation', '<', next - 1)
        .execute();
      return next;
    },
    async addOneTimeLink(tokenHash, expiresAt) {
      await db.insertInto('oneTimeLink').values({ accountId, tokenHash, expiresAt }).execute();
    },
    async takeOneTimeLink(tokenHash, now) {
      const done = await db
        .deleteFrom('oneTimeLink')
        .where('accountId', '=', accountId)
        .where('tokenHash', '=', tokenHash)
        .where('expiresAt', '>', now)
        .executeTakeFirst();
      return Number(done.numDeletedRows) > 0;
    },
    async addSession(sessionHash, expiresAt) {
      await db.insertInto('session').values({ accountId, sessionHash, expiresAt }).execute();
    },
    async hasSession(sessionHash, now) {
      const row = await db
        .selectFrom('session')
        .select('expiresAt')
        .where('accountId', '=', accountId)
        .where('sessionHash', '=', sessionHash)
        .where('expiresAt', '>', now)
        .executeTakeFirst();
      return row !== undefined;
    },
    async endSession(sessionHash) {
      await db
        .deleteFrom('session')
        .where('accountId', '=', accountId)
        .where('sessionHash', '=', sessionHash)
        .execute();
    },
    async endSessions(butHash = '') {
      await db.deleteFrom('session').where('accountId', '=', accountId).where('sessionHash', '!=', butHash).execute();
      await db.deleteFrom('oneTimeLink').where('accountId', '=', accountId).execute();
    },
    async pruneSessions(now) {
      await db.deleteFrom('session').where('accountId', '=', accountId).where('expiresAt', '<=', now).execute();
      await db.deleteFrom('oneTimeLink').where('accountId', '=', accountId).where('expiresAt', '<=', now).execute();
    },
  };
}
