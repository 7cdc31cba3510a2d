import type { DeviceId } from '@ewon-agent/contracts';
import type { EwonRecord, ReplacementRecord } from '../core/records.ts';
import { aboutArea } from './area-about.ts';
import { NAMED, recordOf } from './area-ewon.ts';
import { ewonListArea } from './area-ewon-list.ts';
import { locationOfRow } from './area-location.ts';
import { logListArea } from './area-log-list.ts';
import type { ListArea } from './lists.ts';
import { filledPieces } from './many-rows.ts';
import type { Scope } from './scope.ts';
import type { RetainedMessage } from './store.ts';

/** Pages of long lists, and what stands beside their rows. */
export function listArea(scope: Scope): ListArea {
  const { db, accountId } = scope;
  const { document } = aboutArea(scope);
  const replacements = () =>
    db
      .selectFrom('replacement')
      .select(['deviceId', 'replacedId', 'wasLink', 'at', 'undoneAt'])
      .where('accountId', '=', accountId);
  return {
    ...ewonListArea(scope),
    ...logListArea(scope),
    async linkedEwons(pools) {
      const q = db
        .selectFrom('ewon')
        .select(['deviceId', 'name', 'online', 'lastSeenAt', 'agent'])
        .where('accountId', '=', accountId)
        .where(NAMED)
        .where('link', '=', 'linked')
        .orderBy('nameOrder')
        .orderBy('deviceId');
      // none at all would be an error in SQL
      const rows = await (pools ? q.where('pool', 'in', pools.length > 0 ? [...pools] : ['']) : q).execute();
      return rows.map(({ online, ...row }) => ({ ...row, online: online === 1 }));
    },
    async poolsOfEwons() {
      const rows = await db
        .selectFrom('ewon')
        .select(['deviceId', 'pool'])
        .where('accountId', '=', accountId)
        .execute();
      return new Map(rows.map(({ deviceId, pool }) => [deviceId, pool]));
    },
    async retainedOf(deviceIds) {
      const found = new Map<DeviceId, Partial<RetainedMessage>>();
      for (const piece of filledPieces(deviceIds)) {
        const rows = await db
          .selectFrom('retained')
          .select(['deviceId', 'channel', 'body'])
          .where('accountId', '=', accountId)
          .where('deviceId', 'in', [...piece])
          .execute();
        for (const { deviceId, channel, body } of rows)
          found.set(deviceId, { ...found.get(deviceId), [channel]: JSON.parse(body) });
      }
      return found;
    },
    async locationsOf(deviceIds) {
      const found = new Map();
      for (const piece of filledPieces(deviceIds)) {
        const rows = await db
          .selectFrom('location')
          .selectAll()
          .where('accountId', '=', accountId)
          .where('deviceId', 'in', [...piece])
          .execute();
        for (const row of rows) found.set(row.deviceId, locationOfRow(row));
      }
      return found;
    },
    async ewonsOfMacs(macs) {
      if (macs.length === 0) return [];
      const asked = await db
        .selectFrom('registration')
        .select('deviceId')
        .where('accountId', '=', accountId)
        .where('state', 'in', ['approved', 'replaced'])
        .where((e) => e.or(macs.map((mac) => e('macs', 'like', `%"${mac}"%`))))
        .execute();
      const ids = [...new Set(asked.flatMap(({ deviceId }) => deviceId ?? []))];
      return ewonsOf(ids);
    },
    async ewonFieldNames() {
      return (await document('about'))?.ewonFields ?? ['', '', ''];
    },
    replacementOf: (deviceId) => replacements().where('deviceId', '=', deviceId).executeTakeFirst(),
    async replacementsOf(deviceIds) {
      const found: ReplacementRecord[] = [];
      for (const piece of filledPieces(deviceIds))
        found.push(
          ...(await replacements()
            .where('deviceId', 'in', [...piece])
            .execute()),
        );
      return found;
    },
    replacementsSince: (at) =>
      replacements()
        .where('undoneAt', 'is', null)
        .where('at', '>=', at)
        .orderBy('at', 'desc')
        .orderBy('deviceId')
        .execute(),
    async keepReplacement({ deviceId, ...values }) {
      await db
        .insertInto('replacement')
        .values({ accountId, deviceId, ...values })
        .onConflict((c) => c.columns(['accountId', 'deviceId']).doUpdateSet(values))
        .execute();
    },
  };

  async function ewonsOf(ids: readonly DeviceId[]): Promise<readonly EwonRecord[]> {
    const found: EwonRecord[] = [];
    for (const piece of filledPieces(ids)) {
      const rows = await db
        .selectFrom('ewon')
        .selectAll()
        .where('accountId', '=', accountId)
        .where('deviceId', 'in', [...piece])
        .where(NAMED)
        .execute();
      found.push(...rows.flatMap((row) => recordOf(row) ?? []));
    }
    return found;
  }
}
