import type { DeviceId, LocationOffBy, Timestamp } from '@ewon-agent/contracts';
import type { Location, LocationRecord } from '../core/location.ts';
import type { LogKind } from '../core/log-lines.ts';
import type { EwonLink, EwonRecord, LogRecord, ReplacementRecord } from '../core/records.ts';
import type { LogPart, RetainedMessage } from './store.ts';

// Lists that are too long to be read whole: pages of them, in an order, from a place on (keyset). A row that stays as it
// is comes exactly once while a person turns the pages, whatever is added or removed meanwhile; one whose value in the
// sorted column changes may come twice or not at all.

/** Columns that Ewons can be sorted by. */
export const EWON_SORTS = [
  ...([
    'name',
    'serial',
    'pool',
    'description',
    'custom1',
    'custom2',
    'custom3',
    'model',
    'firmware',
    'agent',
  ] as const),
  ...(['note', 'status', 'link', 'lastSeen', 'createdAt', 'alarms', 'patch'] as const),
] as const;
export type EwonSort = (typeof EWON_SORTS)[number];

/** `none` has told nothing of patches. */
export type EwonWhere = {
  /** Lower-case words, all of which must be found; see core/ewon-words.ts. */
  readonly words?: readonly string[];
  /** Called exactly that, in capitals or not. */
  readonly name?: string;
  readonly pools?: readonly string[];
  readonly link?: Extract<EwonLink, 'linked' | 'unlinked'>;
  readonly status?: 'online' | 'offline';
  readonly alarm?: 'open' | 'none';
  readonly patch?: string;
  readonly firmware?: string;
  readonly agent?: string;
  /** What stands somewhere in a custom field, in capitals or not. */
  readonly custom1?: string;
  readonly custom2?: string;
  readonly custom3?: string;
};

/** Value of the sorted column and device id of the last row that was read. */
export type EwonPlace = readonly [value: string | number, deviceId: DeviceId];

export type EwonAsk = EwonWhere & {
  readonly sort: EwonSort;
  readonly order: 'up' | 'down';
  readonly after?: EwonPlace;
  readonly limit: number;
};

/** How many listed Ewons there are, in all and of each kind that can be filtered by. */
export type EwonCounts = {
  readonly total: number;
  readonly online: number;
  /** Open alarms. */
  readonly alarms: number;
  /** Those that have a place, and those that may not have one, by who does not allow it. */
  readonly located: number;
  readonly locationOff: Readonly<Record<LocationOffBy, number>>;
  readonly by: Readonly<Record<'pool' | 'firmware' | 'agent' | 'link' | 'patch', Readonly<Record<string, number>>>>;
};

/** A listed Ewon that has a place, with no more than a map shows of it. */
export type LocatedEwon = Pick<EwonRecord, 'deviceId' | 'name' | 'serial' | 'pool'> & {
  /** Linked, let in, and heard. */
  readonly online: boolean;
  /** Open ones. */
  readonly alarms: number;
  readonly location: Location;
};

/** Columns that the log can be sorted by. */
export const LOG_SORTS = ['time', 'name', 'subject', 'kind', 'code', 'event'] as const;
export type LogSort = (typeof LOG_SORTS)[number];

export type LogWhere = {
  /** Lines about Ewons of these pools; lines about none are left out then. All unless given. */
  readonly pools?: readonly string[];
  readonly kind?: LogKind;
  readonly deviceId?: DeviceId;
  /** Lines about this user, and what he decided about Ewons. */
  readonly user?: string;
  /** Lines about Ewons that were called exactly so then. */
  readonly called?: string;
  /** Lower-case words, all of which must stand in the name, the code or the event. */
  readonly words?: readonly string[];
  readonly from?: Timestamp;
  /** Not itself. */
  readonly to?: Timestamp;
};

/** Time and number of a line. */
export type LogPlace = readonly [at: Timestamp, id: number];
/** Where the next page of the log begins: after a line, and the value it has in the sorted column when that is not the time. */
export type LogCursor = {
  readonly after: LogPlace;
  readonly value?: string;
  /** The first line of what is sorted; new lines do not move it. */
  readonly top?: LogPlace;
};

export type LogAsk = LogWhere & {
  readonly sort: LogSort;
  readonly order: 'up' | 'down';
  readonly after?: LogCursor;
  readonly limit: number;
};

export type LogPage = {
  readonly lines: readonly LogRecord[];
  /** There may be more; a page may be short or empty and still have a next one, see {@link LOG_LOOKED_AT_ONCE}. */
  readonly next?: LogCursor;
};

/**
 * Lines that one page looks at. What no index answers (words, a user) would read a whole log for a word that is in no line;
 * a page ends here instead, and the next one goes on. Columns but the time sort as many of the newest lines.
 */
export const LOG_LOOKED_AT_ONCE = 10_000;

export type LinkedEwon = Pick<EwonRecord, 'deviceId' | 'name' | 'online' | 'lastSeenAt' | 'agent'>;

export type ListArea = {
  ewonPage(ask: EwonAsk): Promise<{ readonly rows: readonly EwonRecord[]; readonly next?: EwonPlace }>;
  countEwons(where: EwonWhere): Promise<number>;
  /** Of all, also of those that no list has: whole records of ten thousand take 0.2 s. */
  poolsOfEwons(): Promise<ReadonlyMap<DeviceId, string>>;
  /** By name. */
  ewonIds(where: EwonWhere): Promise<readonly DeviceId[]>;
  /** @param pools those that count; all unless given */
  ewonCounts(pools?: readonly string[]): Promise<EwonCounts>;
  /** All that have a place, in no order. @param pools those that count; all unless given */
  locatedEwons(pools?: readonly string[]): Promise<readonly LocatedEwon[]>;
  /** Keeps the properties of all of these, by few statements; names may go round among them. */
  keepProperties(ewons: readonly EwonRecord[]): Promise<void>;
  /** Who is linked, by name, and no more of each than a list of names tells: whole records of ten thousand take 0.2 s. */
  linkedEwons(pools?: readonly string[]): Promise<readonly LinkedEwon[]>;
  /** The last messages of these devices. */
  retainedOf(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, Partial<RetainedMessage>>>;
  locationsOf(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, LocationRecord>>;
  /** Listed Ewons whose request named one of these MACs. */
  ewonsOfMacs(macs: readonly string[]): Promise<readonly EwonRecord[]>;
  logPage(ask: LogAsk): Promise<LogPage>;
  /** Forgets lines of a part before a time, so many at most. @returns how many */
  pruneLogBefore(part: LogPart, at: Timestamp, limit: number): Promise<number>;
  /** The names that an account gave its custom fields of Ewons. */
  ewonFieldNames(): Promise<readonly [string, string, string]>;
  /** The last replacement that an Ewon was the new one of. */
  replacementOf(deviceId: DeviceId): Promise<ReplacementRecord | undefined>;
  /** The same of many. */
  replacementsOf(deviceIds: readonly DeviceId[]): Promise<readonly ReplacementRecord[]>;
  /** Those from this time on that were not undone, the latest first. */
  replacementsSince(at: Timestamp): Promise<readonly ReplacementRecord[]>;
  keepReplacement(record: ReplacementRecord): Promise<void>;
};

/** How long lines of the log are kept: what devices caused by number and days, what people did and decided by days of its own. */
export type LogKept = { readonly lines: number; readonly days: number | null; readonly auditDays: number };
