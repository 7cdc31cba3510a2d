import type { HandoverRecord, MovingEwon } from '../core/imports/handover.ts';
import type { Scope } from './scope.ts';
import type { HandoverArea } from './store-imports.ts';

/** Rights that other accounts were given to import from this one, and what they have ordered. */
export function handoverArea({ db, accountId }: Scope): HandoverArea {
  const handovers = () => db.selectFrom('handover').select('body').where('accountId', '=', accountId);
  const moving = () => db.selectFrom('movingEwon').select('body').where('accountId', '=', accountId);
  return {
    handovers: async () => (await handovers().orderBy('handoverId').execute()).map(({ body }) => handoverIn(body)),
    async handoverOf(rightHash) {
      const row = await handovers().where('rightHash', '=', rightHash).executeTakeFirst();
      return row && handoverIn(row.body);
    },
    async keepHandover(record) {
      const { handoverId, rightHash, expiresAt } = record;
      const values = { rightHash, expiresAt, body: JSON.stringify(record) };
      await db
        .insertInto('handover')
        .values({ accountId, handoverId, ...values })
        .onConflict((c) => c.columns(['accountId', 'handoverId']).doUpdateSet(values))
        .execute();
    },
    async removeHandover(handoverId) {
      await db.deleteFrom('handover').where('accountId', '=', accountId).where('handoverId', '=', handoverId).execute();
    },
    async pruneHandovers(now) {
      await db.deleteFrom('handover').where('accountId', '=', accountId).where('expiresAt', '<=', now).execute();
    },
    movingEwons: async (handoverId) =>
      (await moving().where('handoverId', '=', handoverId).orderBy('deviceId').execute()).map(({ body }) =>
        movingIn(body),
      ),
    allMoving: async () =>
      (await moving().where('state', '=', 'ordered').orderBy('deviceId').execute()).map(({ body }) => movingIn(body)),
    async lastMoves() {
      const rows = await moving().orderBy('at').execute();
      return [...new Map(rows.map(({ body }) => movingIn(body)).map((ewon) => [ewon.deviceId, ewon])).values()];
    },
    async lastMoveOf(deviceId) {
      const row = await moving().where('deviceId', '=', deviceId).orderBy('at', 'desc').limit(1).executeTakeFirst();
      return row && movingIn(row.body);
    },
    async keepMoving(ewon) {
      const { handoverId, deviceId, state, at } = ewon;
      const values = { state, at, body: JSON.stringify(ewon) };
      await db
        .insertInto('movingEwon')
        .values({ accountId, handoverId, deviceId, ...values })
        .onConflict((c) => c.columns(['accountId', 'handoverId', 'deviceId']).doUpdateSet(values))
        .execute();
    },
  };
}

const handoverIn = (body: string): HandoverRecord => JSON.parse(body);
const movingIn = (body: string): MovingEwon => JSON.parse(body);
