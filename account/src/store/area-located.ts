import type { DeviceId } from '@ewon-agent/contracts';
import { NAMED } from './area-ewon.ts';
import { locationIn } from './area-location.ts';
import type { EwonCounts, ListArea, LocatedEwon } from './lists.ts';
import type { Scope } from './scope.ts';

type LocatedArea = Pick<ListArea, 'locatedEwons'> & {
  countLocated(pools?: readonly string[]): Promise<Pick<EwonCounts, 'located' | 'locationOff'>>;
};

/** Which Ewons have a place, and which may not have one. */
export function locatedArea({ db, accountId }: Scope): LocatedArea {
  const listed = (pools: readonly string[] | undefined) => {
    const all = db
      .selectFrom('location')
      .innerJoin('ewon', (join) =>
        join.onRef('ewon.accountId', '=', 'location.accountId').onRef('ewon.deviceId', '=', 'location.deviceId'),
      )
      .where('location.accountId', '=', accountId)
      .where(NAMED);
    // none at all would be an error in SQL
    return pools ? all.where('ewon.pool', 'in', pools.length > 0 ? [...pools] : ['']) : all;
  };
  return {
    async locatedEwons(pools) {
      const rows = await listed(pools)
        .where('location.lat', 'is not', null)
        .select(['ewon.deviceId', 'ewon.name', 'ewon.serial', 'ewon.pool', 'ewon.link', 'ewon.quarantinedAt'])
        .select(['ewon.online', 'location.lat', 'location.lng', 'location.accuracy', 'location.source'])
        .select(['location.fallback', 'location.at'])
        .execute();
      const opened = await openAlarms();
      return rows.flatMap(({ deviceId, name, serial, pool, link, quarantinedAt, online, ...place }): LocatedEwon[] => {
        const location = locationIn(place);
        if (!location) return [];
        const isHeard = link === 'linked' && quarantinedAt === null && online === 1;
        return [{ deviceId, name, serial, pool, online: isHeard, alarms: opened.get(deviceId) ?? 0, location }];
      });
    },
    async countLocated(pools) {
      const groups = await listed(pools)
        .select((e) => [
          'location.offBy',
          e.fn.count<number>('location.lat').as('located'),
          e.fn.countAll<number>().as('n'),
        ])
        .groupBy('location.offBy')
        .execute();
      const off = (who: string) => Number(groups.find(({ offBy }) => offBy === who)?.n ?? 0);
      return {
        located: groups.reduce((sum, { located }) => sum + Number(located), 0),
        locationOff: { board: off('board'), device: off('device'), account: off('account'), unknown: off('unknown') },
      };
    },
  };

  async function openAlarms(): Promise<ReadonlyMap<DeviceId, number>> {
    const rows = await db
      .selectFrom('alarm')
      .select((e) => ['deviceId', e.fn.countAll<number>().as('n')])
      .where('accountId', '=', accountId)
      .where('open', '=', 1)
      .groupBy('deviceId')
      .execute();
    return new Map(rows.map(({ deviceId, n }) => [deviceId, Number(n)]));
  }
}
