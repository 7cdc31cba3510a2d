import type { Ewon, Place, PlaceOff } from '../api-types.ts';
import { byName } from '../page-state.ts';
import type { Area } from './view.ts';

/** An Ewon with the place that the account found for it. */
export type Located = { readonly ewon: Ewon; readonly place: Place };

/** How an Ewon stands, as its mark shows it. An open alarm is shown before anything else. */
export type Standing = 'online' | 'offline' | 'alarm' | 'alarmOffline';

/** The Ewons that have a place, by name. */
export function locatedOf(ewons: readonly Ewon[]): readonly Located[] {
  const located = ewons.flatMap((ewon) => (ewon.location ? [{ ewon, place: ewon.location }] : []));
  return located.toSorted((a, b) => byName(a.ewon, b.ewon));
}

/** Whoever is unlinked or quarantined does not speak to the account, whatever it said last. */
export function standingOf(ewon: Ewon): Standing {
  const online = ewon.link === 'linked' && !ewon.quarantinedAt && ewon.status === 'online';
  if (ewon.alarms > 0) return online ? 'alarm' : 'alarmOffline';
  return online ? 'online' : 'offline';
}

/** How many Ewons may not be located, by who does not allow it, for those who say so themselves. */
export function offBy(ewons: readonly Ewon[]): Readonly<Record<PlaceOff, number>> {
  const count = (who: PlaceOff) => ewons.filter(({ locationOff }) => locationOff === who).length;
  return { board: count('board'), device: count('device'), account: count('account'), unknown: count('unknown') };
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
