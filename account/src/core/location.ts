import type { DeviceId, LocationOffBy, Timestamp } from '@ewon-agent/contracts';

// Where Ewons are, as the account remembers it. How a place is found is decided in locate.ts, whether one moved in moved.ts.

/** What a place was found by, the most exact first. */
export const LOCATION_SOURCES = ['gnss', 'wifi', 'cell', 'ip'] as const;
export type LocationSource = (typeof LOCATION_SOURCES)[number];

/** A place: degrees of WGS 84. */
export type Location = {
  readonly lat: number;
  readonly lng: number;
  /** Metres: it is within this in 95 of 100 cases. */
  readonly accuracy: number;
  readonly source: LocationSource;
  /** What was told was not known, and something wider was: the area of a cell (`lacf`), the address (`ipf`). */
  readonly fallback?: 'lacf' | 'ipf';
  /** When it was there, by the clock of the device. */
  readonly at: Timestamp;
};

/** Why a source gave no place, or not the one that counts. `detail` is for people. */
export type PassedOver = {
  readonly source: LocationSource;
  readonly why:
    | 'not told'
    | 'impossible'
    | 'too old'
    | 'contradicted'
    | 'not known'
    | 'no service'
    | 'service failed'
    | 'not allowed'
    | 'not public'
    | 'no database'
    | 'not needed';
  readonly detail?: string;
};

/** What the account knows of where one Ewon is. */
export type LocationRecord = {
  readonly deviceId: DeviceId;
  readonly location: Location | null;
  /** Who does not allow it, when the device has taken back what it told. */
  readonly offBy: LocationOffBy | null;
  /** What `location` and `passed` were found by, see evidenceKeyOf; null while nothing was. */
  readonly evidenceKey: string | null;
  readonly passed: readonly PassedOver[];
  /** Where it belongs: a place far from it opens an alarm. */
  readonly home: Location | null;
  /** The address it came from last, as this account saw it. */
  readonly address: string | null;
  /** When a place is to be looked for, because something new was told or a service did not answer; null: not again. */
  readonly dueAt: Timestamp | null;
  /** How often in a row a service did not answer. */
  readonly tries: number;
};

/** Begins a record, of which nothing is known. */
export function noLocation(deviceId: DeviceId): LocationRecord {
  return {
    ...{ deviceId, location: null, offBy: null, evidenceKey: null, passed: [], home: null },
    ...{ address: null, dueAt: null, tries: 0 },
  };
}
