import type { Selectable } from 'kysely';
import type { Location, LocationRecord } from '../core/location.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { LocationArea } from './store.ts';

/** Where Ewons are. */
export function locationArea({ db, accountId }: Scope): LocationArea {
  const all = () => db.selectFrom('location').selectAll().where('accountId', '=', accountId);
  return {
    locations: async () => (await all().execute()).map(recordOf),
    async locationOf(deviceId) {
      const row = await all().where('deviceId', '=', deviceId).executeTakeFirst();
      return row && recordOf(row);
    },
    dueLocations: async (now, limit) =>
      (await all().where('dueAt', '<=', now).orderBy('dueAt').limit(limit).execute()).map(recordOf),
    async keepLocation(record) {
      const { deviceId, ...values } = rowOf(record);
      await db
        .insertInto('location')
        .values({ accountId, deviceId, ...values })
        .onConflict((c) => c.columns(['accountId', 'deviceId']).doUpdateSet(values))
        .execute();
    },
    async forgetLocation(deviceId) {
      for (const table of ['location', 'geolocated'] as const)
        await db.deleteFrom(table).where('accountId', '=', accountId).where('deviceId', '=', deviceId).execute();
    },
  };
}

function rowOf({ location, passed, home, ...rest }: LocationRecord): Omit<Tables['location'], 'accountId'> {
  const { lat = null, lng = null, accuracy = null, source = null, fallback = null, at = null } = location ?? {};
  return {
    ...{ ...rest, lat, lng, accuracy, source, fallback, at },
    ...{ passed: JSON.stringify(passed), home: home && JSON.stringify(home) },
  };
}

function recordOf(row: Selectable<Tables['location']>): LocationRecord {
  const { accountId: _, lat, lng, accuracy, source, fallback, at, passed, home, ...rest } = row;
  const isPlace = lat !== null && lng !== null && accuracy !== null && source !== null && at !== null;
  const location: Location | null = isPlace ? { lat, lng, accuracy, source, ...(fallback && { fallback }), at } : null;
  return { ...rest, location, passed: JSON.parse(passed), home: home === null ? null : JSON.parse(home) };
}
