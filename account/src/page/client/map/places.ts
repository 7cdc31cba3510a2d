import type { Ewon, LocatedEwon, Place } from '../api-types.ts';
import { isListed } from '../ewon-rows.ts';
import { byName } from '../page-state.ts';
import type { Area } from './view.ts';

/** An Ewon with the place that the account found for it. */
export type Located = { readonly ewon: LocatedEwon; readonly place: Place };
/** By device id, and by name. Whoever takes what changed makes another. */
export type Places = { readonly byId: ReadonlyMap<string, Located>; readonly byName: readonly Located[] };

/** How an Ewon stands, as its mark shows it. An open alarm is shown before anything else. */
export type Standing = 'online' | 'offline' | 'alarm' | 'alarmOffline';

/** The Ewons that have a place, as the map keeps them. */
export function placesOf(ewons: readonly LocatedEwon[]): Places {
  return sorted(ewons.map((ewon) => ({ ewon, place: ewon.location })));
}

/**
 * Places after some Ewons changed. Most of what changes is not on the map: then it is the same one.
 * @param changed by what they said, or by a person; who has no place any more goes away
 */
export function changedPlaces(places: Places, changed: readonly Ewon[]): Places {
  const now = new Map<string, Located | undefined>();
  for (const ewon of changed) {
    const before = places.byId.get(ewon.deviceId);
    const after = locatedFrom(ewon);
    if (JSON.stringify(before) !== JSON.stringify(after)) now.set(ewon.deviceId, after);
  }
  if (now.size === 0) return places;
  const kept = places.byName.filter(({ ewon }) => !now.has(ewon.deviceId));
  return sorted([...kept, ...[...now.values()].filter((located) => located !== undefined)]);
}

function sorted(located: readonly Located[]): Places {
  return {
    byId: new Map(located.map((one) => [one.ewon.deviceId, one])),
    byName: located.toSorted((a, b) => byName(a.ewon, b.ewon)),
  };
}

/** Whoever is unlinked or quarantined does not speak to the account, whatever it said last. */
function locatedFrom(ewon: Ewon): Located | undefined {
  const { deviceId, name, serial, pool, alarms, location } = ewon;
  if (!location || !isListed(ewon)) return undefined;
  const isHeard = ewon.link === 'linked' && !ewon.quarantinedAt && ewon.status === 'online';
  const status = isHeard ? 'online' : 'offline';
  return { ewon: { deviceId, name, serial, pool, alarms, location, status }, place: location };
}

export function standingOf({ status, alarms }: Pick<LocatedEwon, 'status' | 'alarms'>): Standing {
  if (alarms > 0) return status === 'online' ? 'alarm' : 'alarmOffline';
  return status;
}

/** The ground that a place may be on. */
export function areaOf({ place }: Located): Area {
  return { lat: place.lat, lng: place.lng, accuracy: place.accuracy };
}

/** Writes a length for people: `12 m`, `3.4 km`, `500 km`. What is measured is never that exact. */
export function lengthText(metres: number): string {
  if (metres < 1000) return `${Math.round(metres)} m`;
  const km = metres / 1000;
  return km < 10
    ? `${km.toFixed(1).replace(/\.0$/, '')} km`
    : `${String(Math.round(km)).replace(/\B(?=(\d{3})+$)/g, ',')} km`;
}

/** Writes degrees with as many digits as the accuracy is worth: `50.6215° N, 4.3312° E`. */
export function degreesText({ lat, lng, accuracy }: Area): string {
  const digits = Math.max(0, Math.min(5, Math.ceil(Math.log10(111_000 / Math.max(accuracy, 1)))));
  const one = (value: number, plus: string, minus: string) =>
    `${Math.abs(value).toFixed(digits)}° ${value < 0 ? minus : plus}`;
  return `${one(lat, 'N', 'S')}, ${one(lng, 'E', 'W')}`;
}
