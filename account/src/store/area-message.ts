import { filledPieces } from './many-rows.ts';
import type { Scope } from './scope.ts';
import type { EwonArea } from './store.ts';

type MessageArea = Pick<EwonArea, 'sawEwons' | 'epochsOf' | 'addEpoch' | 'retained' | 'allRetained' | 'retain'>;

/** The last messages of devices, and their order. */
export function messageArea({ db, accountId }: Scope): MessageArea {
  return {
    async sawEwons(deviceIds, lastSeenAt) {
      for (const piece of filledPieces(deviceIds))
        await db
          .updateTable('ewon')
          .set({ lastSeenAt })
          .where('accountId', '=', accountId)
          .where('deviceId', 'in', [...piece])
          .execute();
    },
    async epochsOf(deviceId) {
      const rows = await db
        .selectFrom('deviceEpoch')
        .select('epoch')
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .orderBy('position')
        .execute();
      return rows.map((row) => row.epoch);
    },
    async addEpoch(deviceId, epoch) {
      const { last } = await db
        .selectFrom('deviceEpoch')
        .select((e) => e.fn.max('position').as('last'))
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .executeTakeFirstOrThrow();
      await db
        .insertInto('deviceEpoch')
        .values({ accountId, deviceId, epoch, position: Number(last ?? 0) + 1 })
        .execute();
    },
    async retained(deviceId, channel) {
      const row = await db
        .selectFrom('retained')
        .select('body')
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .where('channel', '=', channel)
        .executeTakeFirst();
      return row && JSON.parse(row.body);
    },
    async allRetained(channel) {
      const rows = await db
        .selectFrom('retained')
        .select(['deviceId', 'body'])
        .where('accountId', '=', accountId)
        .where('channel', '=', channel)
        .execute();
      return rows.map(({ deviceId, body }) => ({ deviceId, message: JSON.parse(body) }));
    },
    async retain(deviceId, channel, message) {
      const body = JSON.stringify(message);
      await db
        .insertInto('retained')
        .values({ accountId, deviceId, channel, body })
        .onConflict((c) => c.columns(['accountId', 'deviceId', 'channel']).doUpdateSet({ body }))
        .execute();
      if (channel !== 'patch' || !('state' in message)) return;
      await db
        .updateTable('ewon')
        .set({ patchState: message.state })
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .execute();
    },
  };
}
