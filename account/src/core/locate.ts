import type { GnssFix, LocationEvidence, Timestamp } from '@ewon-agent/contracts';
import { HOUR_MS, isNullIsland, MINUTE_MS } from '@ewon-agent/contracts';
import { type CellRecord, circleOfCell, placeByArea, placeByCells } from './cells.ts';
import { type Circle, gapM } from './globe.ts';
import type { Location, LocationSource, PassedOver } from './location.ts';

// Where a device is, by what it told and what the account can look up: GNSS, Wi-Fi, cells, address, in this order. A
// source that gives nothing, or nothing that can be, is passed over, and it is remembered why.

/** What a service answered to one question; `lacf`: it knew the area of the cell only. */
export type ServiceAnswer =
  | ({ readonly is: 'found'; readonly fallback?: 'lacf' } & Circle)
  | { readonly is: 'unknown' }
  | { readonly is: 'failed'; readonly why: string };
/** A service is asked about access points alone and about cells alone, so that it is clear what its answer stands on. */
export type ServiceQuestion = 'wifi' | 'cell';

/** What an address says: the country it is given out in, as a circle. */
export type AddressAnswer =
  | ({ readonly is: 'found'; readonly country: string } & Circle)
  | { readonly is: 'none'; readonly why: 'not public' | 'no database' | 'not known'; readonly detail?: string };

/** All that may be known when a place is looked for. */
export type Known = {
  /** When the evidence was told, by the clock of the device. */
  readonly toldAt: Timestamp;
  /** Those of the cells that it hears which the table has. */
  readonly cells: readonly CellRecord[];
  /** The table's cells of the area of the cell that serves it. */
  readonly area: readonly CellRecord[];
  /** What was answered so far; `none`: there is no service to ask. */
  readonly service: 'none' | Readonly<Partial<Record<ServiceQuestion, ServiceAnswer>>>;
  readonly address: AddressAnswer;
};

/** A place or none, and why others did not count. With `ask` it is not settled: a service is to be asked first. */
export type Verdict = {
  readonly location: Location | null;
  readonly passed: readonly PassedOver[];
  readonly ask?: ServiceQuestion;
};

/** A fix that is older than this when it is told says where the device was. */
const FIX_AGE_MAX_MS = HOUR_MS;
/** Fix and message are told by one clock; this much it may be set back in between. */
const FIX_AHEAD_MAX_MS = 5 * MINUTE_MS;
/** A receiver that is this unsure has no fix. */
const FIX_ACCURACY_MAX_M = 100_000;
/** No receiver that a gateway has is better. */
const FIX_ACCURACY_MIN_M = 1;
/** No cell reaches this far beyond its range: 120 km is the farthest that GSM can be stretched to (extended range). */
const CELL_DOUBT_M = 120_000;

/** Finds the place. Never answers one that is more exact than what it stands on. */
export function locate(evidence: LocationEvidence, known: Known): Verdict {
  const passed: PassedOver[] = [];
  const pass = (source: LocationSource, why: PassedOver['why'], detail?: string): void => {
    passed.push({ source, why, ...(detail !== undefined && { detail }) });
  };
  const at = known.toldAt;
  const { gnss, wifiAccessPoints, cellTowers, fallbacks } = evidence;

  if (!gnss) pass('gnss', 'not told');
  else {
    const fault = faultOfFix(gnss, known);
    if (!fault) {
      const accuracy = Math.max(gnss.accuracy, FIX_ACCURACY_MIN_M);
      return { location: { ...{ lat: gnss.lat, lng: gnss.lng, accuracy }, source: 'gnss', at: gnss.at }, passed };
    }
    pass('gnss', fault.why, fault.detail);
  }

  if (!wifiAccessPoints) pass('wifi', 'not told');
  else if (known.service === 'none') pass('wifi', 'no service');
  else {
    const answer = known.service.wifi;
    if (!answer) return { location: null, passed, ask: 'wifi' };
    if (answer.is === 'found' && !answer.fallback && !contradicts(answer, known.cells, 1))
      return { location: { ...circleOf(answer), source: 'wifi', at }, passed };
    if (answer.is === 'found') pass('wifi', answer.fallback ? 'not known' : 'contradicted', 'the cells are elsewhere');
    else pass('wifi', answer.is === 'failed' ? 'service failed' : 'not known', whyOf(answer));
  }

  if (!cellTowers) pass('cell', 'not told');
  else {
    const byCells = placeByCells(known.cells);
    if (byCells) return { location: { ...byCells, source: 'cell', at }, passed };
    const answer = known.service === 'none' ? undefined : known.service.cell;
    if (known.service !== 'none' && !answer) return { location: null, passed, ask: 'cell' };
    const mayWiden = fallbacks?.lacf ?? true;
    if (answer?.is === 'found' && (!answer.fallback || mayWiden)) {
      const fallback = answer.fallback && { fallback: answer.fallback };
      return { location: { ...circleOf(answer), source: 'cell', ...fallback, at }, passed };
    }
    const byArea = mayWiden ? placeByArea(known.area) : undefined;
    if (byArea) return { location: { ...byArea, source: 'cell', fallback: 'lacf', at }, passed };
    if (answer?.is === 'failed') pass('cell', 'service failed', answer.why);
    else pass('cell', 'not known', known.service === 'none' ? 'not in the table of cells' : undefined);
  }

  const isFallback = Boolean(gnss ?? wifiAccessPoints ?? cellTowers);
  if (!evidence.considerIp || (isFallback && fallbacks?.ipf === false)) pass('ip', 'not allowed');
  else if (known.address.is === 'none') pass('ip', known.address.why, known.address.detail);
  else {
    const fallback = isFallback ? ({ fallback: 'ipf' } as const) : {};
    return { location: { ...circleOf(known.address), source: 'ip', ...fallback, at }, passed };
  }
  return { location: null, passed };
}

/** Why a fix does not say where the device is; undefined when it does. */
function faultOfFix(fix: GnssFix, known: Known): Omit<PassedOver, 'source'> | undefined {
  const ageMs = Date.parse(known.toldAt) - Date.parse(fix.at);
  if (isNullIsland(fix)) return { why: 'impossible', detail: '0 N 0 E' };
  if (fix.accuracy > FIX_ACCURACY_MAX_M) return { why: 'impossible', detail: `within ${Math.round(fix.accuracy)} m` };
  if (ageMs < -FIX_AHEAD_MAX_MS) return { why: 'impossible', detail: `taken at ${fix.at}, told at ${known.toldAt}` };
  if (ageMs > FIX_AGE_MAX_MS) return { why: 'too old', detail: `taken at ${fix.at}, told at ${known.toldAt}` };
  // a table may be wrong about one cell; a receiver that is led astray is likelier than two that are
  return contradicts(fix, known.cells, 2) ? { why: 'contradicted', detail: 'the cells are elsewhere' } : undefined;
}

/** Tells whether at least so many cells are known, and all of them are out of reach from there. */
function contradicts(circle: Circle, cells: readonly CellRecord[], atLeast: number): boolean {
  return cells.length >= atLeast && cells.every((cell) => gapM(circle, circleOfCell(cell)) > CELL_DOUBT_M);
}

function circleOf({ lat, lng, accuracy }: Circle): Circle {
  return { lat, lng, accuracy };
}

function whyOf(answer: ServiceAnswer): string | undefined {
  return answer.is === 'failed' ? answer.why : undefined;
}
