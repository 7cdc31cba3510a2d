import type { Selectable } from 'kysely';
import type { RolloutRecord } from '../core/records.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { RolloutArea } from './store.ts';

/** Rollouts of patches. */
export function rolloutArea({ db, accountId }: Scope): RolloutArea {
  const all = () => db.selectFrom('rollout').selectAll().where('accountId', '=', accountId);
  return {
    rollouts: async () => (await all().orderBy('startedAt').orderBy('path').execute()).map(recordOf),
    async rollout(path) {
      const row = await all().where('path', '=', path).executeTakeFirst();
      return row && recordOf(row);
    },
    async keepRollout({ rollout, policyFor, startedAt, changedAt }) {
      const { path, state } = rollout;
      const values = { state, policyFor, startedAt, changedAt, body: JSON.stringify(rollout) };
      await db
        .insertInto('rollout')
        .values({ accountId, path, ...values })
        .onConflict((c) => c.columns(['accountId', 'path']).doUpdateSet(values))
        .execute();
    },
  };
}

function recordOf({ body, policyFor, startedAt, changedAt }: Selectable<Tables['rollout']>): RolloutRecord {
  return { rollout: JSON.parse(body), policyFor, startedAt, changedAt };
}
