import type { DeviceId } from '@ewon-agent/contracts';
import type { Selectable } from 'kysely';
import type { Location, LocationRecord } from '../core/location.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { LocationArea } from './store.ts';

type PlaceColumns = Pick<Selectable<Tables['location']>, 'lat' | 'lng' | 'accuracy' | 'source' | 'fallback' | 'at'>;

/** Answers kept of one Ewon: a machine that goes about between a few places asks about each of them once. */
const ANSWERS_KEPT = 20;

/** Where Ewons are. */
export function locationArea({ db, accountId }: Scope): LocationArea {
  const all = () => db.selectFrom('location').selectAll().where('accountId', '=', accountId);
  const answers = (deviceId: DeviceId) =>
    db.selectFrom('geolocated').where('accountId', '=', accountId).where('deviceId', '=', deviceId);
  return {
    locations: async () => (await all().execute()).map(locationOfRow),
    async locationOf(deviceId) {
      const row = await all().where('deviceId', '=', deviceId).executeTakeFirst();
      return row && locationOfRow(row);
    },
    dueLocations: async (now, limit) =>
      (await all().where('dueAt', '<=', now).orderBy('dueAt').limit(limit).execute()).map(locationOfRow),
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
    async isMobile(deviceId) {
      const row = await db
        .selectFrom('setting')
        .select('value')
        .where('accountId', '=', accountId)
        .where('name', '=', mobileOf(deviceId))
        .executeTakeFirst();
      return row !== undefined;
    },
    async setMobile(deviceId, value) {
      const name = mobileOf(deviceId);
      const known = db.deleteFrom('setting').where('accountId', '=', accountId).where('name', '=', name);
      await known.execute();
      if (value === 'moves') await db.insertInto('setting').values({ accountId, name, value }).execute();
    },
    async answerOf(deviceId, askedKey, since) {
      const row = await answers(deviceId)
        .select('answer')
        .where('askedKey', '=', askedKey)
        .where('at', '>=', since)
        .executeTakeFirst();
      return row && JSON.parse(row.answer);
    },
    async keepAnswer(deviceId, askedKey, given, at) {
      const answer = JSON.stringify(given);
      await db
        .insertInto('geolocated')
        .values({ accountId, deviceId, askedKey, answer, at })
        .onConflict((c) => c.columns(['accountId', 'deviceId', 'askedKey']).doUpdateSet({ answer, at }))
        .execute();
      const newest = await answers(deviceId).select(['askedKey', 'at']).orderBy('at', 'desc').execute();
      const old = newest.slice(ANSWERS_KEPT).map((row) => row.askedKey);
      if (old.length === 0) return;
      await db
        .deleteFrom('geolocated')
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .where('askedKey', 'in', old)
        .execute();
    },
  };
}

function mobileOf(deviceId: DeviceId): string {
  return `mobile ${deviceId}`;
}

function rowOf({ location, passed, home, ...rest }: LocationRecord): Omit<Tables['location'], 'accountId'> {
  const { lat = null, lng = null, accuracy = null, source = null, fallback = null, at = null } = location ?? {};
  return {
    ...{ ...rest, lat, lng, accuracy, source, fallback, at },
    ...{ passed: JSON.stringify(passed), home: home && JSON.stringify(home) },
  };
}

/** Reads a row of the table of places. */
export function locationOfRow(row: Selectable<Tables['location']>): LocationRecord {
  const { accountId: _, lat, lng, accuracy, source, fallback, at, passed, home, ...rest } = row;
  const location = locationIn({ lat, lng, accuracy, source, fallback, at });
  return { ...rest, location, passed: JSON.parse(passed), home: home === null ? null : JSON.parse(home) };
}

/** Reads the place in a row; null where it has none. */
export function locationIn({ lat, lng, accuracy, source, fallback, at }: PlaceColumns): Location | null {
  const isPlace = lat !== null && lng !== null && accuracy !== null && source !== null && at !== null;
  return isPlace ? { lat, lng, accuracy, source, ...(fallback && { fallback }), at } : null;
}
