import { distanceM, type GnssFix, isNullIsland, type Millis, type Point, timestampOf } from '@ewon-agent/contracts';
import type { GnssReport } from './gnss-report.ts';

// Which places of a receiver are believed. A receiver says that it has a fix long before it has a good one; it writes 0, 0 while it begins,
// mirrors itself at walls, and jumps.

export type GnssRules = { readonly hdopMax: number };
export type GnssGate = {
  /** Believed last. */
  readonly last?: Sighting;
  /** A place that cannot be reached from there, and how long the receiver has kept to it. */
  readonly doubted?: Sighting & { readonly sinceMs: Millis; readonly times: number };
};
type Sighting = { readonly place: Point; readonly atMs: Millis };
/** `fix` when it is believed; `what` says in words what came, without a place. */
export type Gated = { readonly fix?: GnssFix; readonly what: string };

/** A train; what flies is no Ewon. */
const SPEED_MAX_METRES_A_SECOND = 100;
/** Within it a jump is noise of the receiver. */
const JUMP_METRES = 200;
/** A receiver that keeps to another place this long is there: the one before was wrong, or the board was carried while it was off. */
const DOUBT_MS = 60_000;
const DOUBT_TIMES = 5;
/** In 95 of 100 cases: twice the HDOP times a range error of 5 m, what one frequency and broadcast corrections leave. */
const METRES_PER_HDOP = 10;
/** What no receiver of this kind does better than. */
const ACCURACY_MIN_METRES = 5;
/** The week of GPS has 10 bits. */
const ROLLOVER_WEEKS = 1024;
const WEEK_MS = 7 * 86_400_000;

/** Lets a report through or not. The place counts whatever the receiver thinks of the day; its time is that of the board. */
export function gated(
  gate: GnssGate,
  report: GnssReport,
  { wallMs, steadyMs }: { readonly wallMs: Millis; readonly steadyMs: Millis },
  { hdopMax }: GnssRules,
): readonly [GnssGate, Gated] {
  if ('none' in report) return [gate, { what: report.none }];
  const { lat, lng, hdop, satellites, errorMetres, receiverMs } = report;
  const accuracy = accuracyOf(hdop, errorMetres);
  if (!(Math.abs(lat) <= 90) || !(Math.abs(lng) <= 180)) return [gate, { what: 'a place that is none' }];
  if (isNullIsland(report)) return [gate, { what: 'a place at 0, 0' }];
  if (accuracy === undefined) return [gate, { what: 'a place without dilution' }];
  if ((hdop ?? 0) > hdopMax || accuracy > hdopMax * METRES_PER_HDOP)
    return [gate, { what: `a place of HDOP above ${hdopMax}` }];
  const sighting: Sighting = { place: { lat, lng }, atMs: steadyMs };
  const doubted = doubtOf(gate, sighting);
  if (doubted) return [{ ...gate, doubted }, { what: 'a place that cannot be reached as fast' }];
  const weeks = weeksBehind(receiverMs, wallMs);
  const fix: GnssFix = {
    ...{ lat: rounded(lat), lng: rounded(lng), accuracy },
    ...(hdop !== undefined && { hdop }),
    ...(satellites !== undefined && { satellites }),
    at: timestampOf(wallMs),
  };
  return [{ last: sighting }, { fix, what: weeks === 0 ? 'a fix' : `a fix (its date is ${weeks} weeks behind)` }];
}

/** How many weeks of rollovers the clock of a receiver is behind; 0 when it is not, or wrong in another way. */
export function weeksBehind(receiverMs: Millis | undefined, wallMs: Millis): number {
  if (receiverMs === undefined) return 0;
  const times = Math.round((wallMs - receiverMs) / (ROLLOVER_WEEKS * WEEK_MS));
  const isOff = Math.abs(wallMs - receiverMs - times * ROLLOVER_WEEKS * WEEK_MS) < WEEK_MS / 7;
  return times > 0 && isOff ? times * ROLLOVER_WEEKS : 0;
}

/** Its own estimate before ours. */
function accuracyOf(hdop: number | undefined, errorMetres: number | undefined): number | undefined {
  const metres = errorMetres ?? (hdop === undefined ? Number.NaN : hdop * METRES_PER_HDOP);
  return metres > 0 ? Math.max(ACCURACY_MIN_METRES, Math.ceil(metres)) : undefined;
}

/** @returns undefined when the place is believed */
function doubtOf({ last, doubted }: GnssGate, sighting: Sighting): GnssGate['doubted'] {
  if (!last || isReachable(last, sighting)) return undefined;
  const isSame = doubted !== undefined && isReachable(doubted, sighting);
  const next = isSame
    ? { ...sighting, sinceMs: doubted.sinceMs, times: doubted.times + 1 }
    : { ...sighting, sinceMs: sighting.atMs, times: 1 };
  return next.times >= DOUBT_TIMES && sighting.atMs - next.sinceMs >= DOUBT_MS ? undefined : next;
}

function isReachable(from: Sighting, to: Sighting): boolean {
  const seconds = (to.atMs - from.atMs) / 1000;
  return distanceM(from.place, to.place) <= JUMP_METRES + SPEED_MAX_METRES_A_SECOND * seconds;
}

/** A millionth of a degree is 11 cm, less than any accuracy. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
