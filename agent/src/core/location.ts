// Where this Ewon is: what it is found by is heard, and told to the account when it changed.
//
//            allowed                        ┌── something else is heard, and the spacing is over ──┐
//   off ───────────────▶ on: gathering ──▶ on: told ─────────────────────────────────────────────▶ sending ──▶ told
//    ▲                                         │
//    └── no more: close, forget, withdraw ◀────┘
//
//   off          no source is open, nothing is heard, kept or sent; `withdrawing` while the account still has to hear of it
//   gathering    sources are open and have not all spoken: half a picture is not worth a message
//   told         saved before it was sent; `arrived` once the broker had it
//
// Who may is decided elsewhere (policy.ts) and comes as `Decided`. Every event that does not fit keeps the state.

import {
  type CellTower,
  type Code,
  type GnssFix,
  type LocationBody,
  type LocationEvidence,
  type Millis,
  timestampOf,
  type WifiAccessPoint,
} from '@ewon-agent/contracts';
import { changeOf, evidenceText, isEmptyEvidence } from './location-change.ts';
import { entered, type Ledger, type LedgerFact, type LocationSource } from './location-ledger.ts';
import type { SavedLocation, Told, Withdrawing } from './location-saved.ts';
import type { Decider } from './policy.ts';

/** What holds for the life of the process. */
export type LocationRules = {
  readonly considerIp: boolean;
  /** From one message to the next, at least. */
  readonly spacingMs: Millis;
  /** A fix that moved by less than this is no change. */
  readonly moveMetres: number;
  /** Those that will speak. */
  readonly sources: readonly LocationSource[];
};

/** Whether this Ewon may be located, who decided, and as which device it is known; no device while it is not linked. */
export type LocationSwitch = { readonly on: boolean; readonly by: Decider; readonly deviceId?: string };

type Heard = {
  readonly cells?: readonly CellTower[];
  readonly wifi?: { readonly accessPoints: readonly WifiAccessPoint[]; readonly atMs: Millis };
  readonly gnss?: { readonly fix: GnssFix; readonly atMs: Millis };
};

export type Location = {
  /** Absent until it was decided first. */
  readonly switch?: LocationSwitch;
  /** Steady; absent while off. */
  readonly openedMs?: Millis;
  /** Sources that spoke since they were opened, whatever they said. */
  readonly spoken: readonly LocationSource[];
  /** Those whose failure was told and that have not come back. */
  readonly failing: readonly LocationSource[];
  readonly heard: Heard;
  /** A session is there. */
  readonly isOpen: boolean;
  readonly isSending: boolean;
  readonly told?: Told;
  readonly withdrawing?: Withdrawing;
  /** What was saved cannot be read: the account may know a place. */
  readonly isDamaged: boolean;
  /** Steady. */
  readonly toldMs?: Millis;
  readonly ledger: Ledger;
};

type At = { readonly wallMs: Millis; readonly steadyMs: Millis };
export type LocationEvent = At &
  (
    | { readonly on: 'Decided'; readonly decision: LocationSwitch }
    /** What was looked at, in words, and what of it can be told. */
    | { readonly on: 'CellsHeard'; readonly cells: readonly CellTower[]; readonly what: string }
    | { readonly on: 'WifiHeard'; readonly accessPoints: readonly WifiAccessPoint[]; readonly what: string }
    | { readonly on: 'GnssHeard'; readonly fix?: GnssFix; readonly what: string }
    | { readonly on: 'SourceFailed'; readonly source: LocationSource; readonly what: string }
    | { readonly on: 'Announced' }
    /** What came of a message. */
    | { readonly on: 'Left'; readonly of: 'evidence' | 'withdrawn'; readonly left: boolean }
    | { readonly on: 'TimerFired' }
  );
export type LocationEffect =
  | { readonly do: 'open' | 'close' | 'save' | 'erase' | 'letSleep' }
  | { readonly do: 'wake'; readonly afterMs: Millis }
  | { readonly do: 'tell'; readonly deviceId: string; readonly body: LocationBody }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string };

type Step = readonly [Location, readonly LocationEffect[]];

/** A receiver that was just opened speaks within a second, a scan takes a few; one that is silent is not waited for. */
export const GATHER_MS = 10_000;
/** A fix that is older than this may be of another place by now. */
export const FIX_FRESH_MS = 2 * 60_000;
/** The same for access points, which are looked for seldom. */
export const WIFI_FRESH_MS = 30 * 60_000;

/** After a start. `undefined`: what was saved cannot be read. */
export function initialLocation(saved: SavedLocation | undefined): Location {
  const begun: Location = {
    ...{
      spoken: [],
      failing: [],
      heard: {},
      isOpen: false,
      isSending: false,
      isDamaged: saved === undefined,
      ledger: [],
    },
  };
  return { ...begun, ...saved };
}

/** Decides what follows. Total and pure. */
export function locationTransition(state: Location, event: LocationEvent, rules: LocationRules): Step {
  switch (event.on) {
    case 'Decided':
      return decided(state, event, rules);
    case 'Announced': {
      const open = { ...state, isOpen: true, isSending: false };
      return open.withdrawing ? [open, [withdrawal(open.withdrawing)]] : considered(open, event, rules);
    }
    case 'Left':
      return left(state, event, rules);
    default:
      break;
  }
  if (!state.switch?.on) return [state, []]; // what a source said while it was being closed
  switch (event.on) {
    case 'CellsHeard':
      return heard(state, event, rules, { source: 'cells', cells: event.cells });
    case 'WifiHeard': {
      const { accessPoints, steadyMs: atMs } = event;
      return heard(state, event, rules, { source: 'wifi', wifi: { accessPoints, atMs } });
    }
    case 'GnssHeard': {
      const gnss = event.fix && { fix: event.fix, atMs: event.steadyMs };
      return heard(state, event, rules, { source: 'gnss', ...(gnss && { gnss }) });
    }
    case 'SourceFailed': {
      const { source, what } = event;
      const isNew = !state.failing.includes(source);
      const failing = isNew ? [...state.failing, source] : state.failing;
      const next = spoke(noted({ ...state, failing }, { did: 'failed', source, what }, event), source);
      const [after, effects] = considered(next, event, rules);
      const told: LocationEffect = { do: 'report', code: 'LOCATION_SOURCE_FAILED', detail: `${source}: ${what}` };
      return [after, isNew ? [told, ...effects] : effects];
    }
    case 'TimerFired':
      return considered(state, event, rules);
  }
}

/** What is known now: the newest of each source, as long as it can be of this place. */
export function evidenceOf({ heard: { cells = [], wifi, gnss } }: Location, nowMs: Millis, considerIp: boolean) {
  const isFresh = (what: { readonly atMs: Millis } | undefined, forMs: Millis) =>
    what !== undefined && nowMs - what.atMs <= forMs;
  const accessPoints = isFresh(wifi, WIFI_FRESH_MS) ? (wifi?.accessPoints ?? []) : [];
  const evidence: LocationEvidence = {
    considerIp,
    fallbacks: { lacf: true, ipf: considerIp },
    ...(cells.length > 0 && { cellTowers: cells }),
    ...(accessPoints.length > 1 && { wifiAccessPoints: accessPoints }),
    ...(gnss && isFresh(gnss, FIX_FRESH_MS) && { gnss: gnss.fix }),
  };
  return evidence;
}

function decided(state: Location, event: LocationEvent & { on: 'Decided' }, rules: LocationRules): Step {
  const { decision } = event;
  const before = state.switch;
  const isSame = before?.on === decision.on && before.by === decision.by && before.deviceId === decision.deviceId;
  if (before && isSame) return [state, []];
  const [kept, erased] = forThisAccount({ ...state, switch: decision });
  const [next, effects] = decision.on ? switchedOn(kept, event, rules) : switchedOff(kept, event);
  return [next, [...erased, ...effects]];
}

/** What an account was told that this Ewon has left cannot be taken back any more: it forgets its Ewons itself. */
function forThisAccount(state: Location): Step {
  const { told, withdrawing, ...rest } = state;
  const of = told?.deviceId ?? withdrawing?.deviceId;
  return of === undefined || of === state.switch?.deviceId ? [state, []] : [rest, [{ do: 'erase' }]];
}

function switchedOn(state: Location, event: LocationEvent & { on: 'Decided' }, rules: LocationRules): Step {
  const { withdrawing: _, openedMs, ...rest } = state;
  const next = noted({ ...rest, openedMs: openedMs ?? event.steadyMs }, { did: 'on', what: event.decision.by }, event);
  const [after, effects] = considered(next, event, rules);
  return [after, openedMs === undefined ? [{ do: 'open' }, ...effects] : effects];
}

function switchedOff(state: Location, event: LocationEvent & { on: 'Decided' }): Step {
  const { openedMs, told, toldMs: _, withdrawing, ...rest } = state;
  const { by, deviceId } = event.decision;
  const forgotten: Location = {
    ...rest,
    ...{ spoken: [], failing: [], heard: {}, isDamaged: false, isSending: false },
  };
  const off = { ...forgotten, ledger: entered([], { did: 'off', what: by }, event.wallMs) };
  const closing: readonly LocationEffect[] = openedMs === undefined ? [] : [{ do: 'close' }, { do: 'letSleep' }];
  if (deviceId === undefined || !(told || withdrawing || state.isDamaged)) return [off, closing];
  const owed: Withdrawing = { deviceId, by };
  const telling = state.isOpen ? [withdrawal(owed)] : [];
  return [{ ...off, withdrawing: owed }, [...closing, { do: 'save' }, ...telling]];
}

function left(state: Location, event: LocationEvent & { on: 'Left' }, rules: LocationRules): Step {
  const isOpen = state.isOpen && event.left;
  if (event.of === 'withdrawn') {
    const { withdrawing, ...rest } = state;
    if (!withdrawing || !event.left) return [{ ...state, isOpen }, []];
    return [noted(rest, { did: 'withdrawn', what: withdrawing.by }, event), [{ do: 'erase' }]];
  }
  const next = { ...state, isOpen, isSending: false };
  if (!next.told) return [next, []]; // taken back meanwhile
  if (!event.left) {
    const { toldMs: _, ...unsent } = next; // what did not leave need not be kept apart from what follows
    return [noted(unsent, { did: 'held', what: 'no session' }, event), []];
  }
  const arrived: Location = { ...next, told: { ...next.told, arrived: true } };
  const [after, effects] = considered(arrived, event, rules);
  return [after, [{ do: 'save' }, ...effects]];
}

type Spoken = Heard & { readonly source: LocationSource };

function heard(
  state: Location,
  event: LocationEvent & { readonly what: string },
  rules: LocationRules,
  { source, ...said }: Spoken,
): Step {
  const next = spoke(noted(state, { did: 'read', source, what: event.what }, event), source);
  const failing = next.failing.filter((other) => other !== source);
  return considered({ ...next, failing, heard: { ...next.heard, ...said } }, event, rules);
}

function spoke(state: Location, source: LocationSource): Location {
  return state.spoken.includes(source) ? state : { ...state, spoken: [...state.spoken, source] };
}

/** Tells what changed, when there is somebody to tell it to and its time has come. */
function considered(state: Location, { wallMs, steadyMs }: At, rules: LocationRules): Step {
  const { told, openedMs, toldMs } = state;
  const deviceId = state.switch?.deviceId;
  if (!state.switch?.on || deviceId === undefined || openedMs === undefined) return [state, []];
  if (!state.isOpen || state.isSending) return [state, []];
  const evidence = evidenceOf(state, steadyMs, rules.considerIp);
  if (isEmptyEvidence(evidence)) return [state, []];
  const change = changeOf(told?.evidence, evidence, rules.moveMetres) ?? (told?.arrived ? undefined : 'again');
  if (!change) return [state, [{ do: 'letSleep' }]];
  const isGathered = rules.sources.every((source) => state.spoken.includes(source));
  const gatheredMs = isGathered ? steadyMs : openedMs + GATHER_MS;
  const waitMs = Math.max(gatheredMs, (toldMs ?? Number.NEGATIVE_INFINITY) + rules.spacingMs) - steadyMs;
  if (waitMs > 0) {
    const what = gatheredMs > steadyMs ? 'waits for all sources' : `at most one in ${rules.spacingMs / 1000} s`;
    return [noted(state, { did: 'held', what }, { wallMs }), [{ do: 'wake', afterMs: waitMs }]];
  }
  const telling: Told = { deviceId, at: timestampOf(wallMs), evidence, arrived: false };
  const fact: LedgerFact = { did: 'sent', what: `${evidenceText(evidence)} (${WHY[change]})` };
  const next = noted({ ...state, isSending: true, told: telling, toldMs: steadyMs }, fact, { wallMs });
  return [next, [{ do: 'letSleep' }, { do: 'save' }, { do: 'tell', deviceId, body: { evidence } }]];
}

const WHY = {
  first: 'nothing was told before',
  again: 'it may not have arrived',
  cells: 'another cell',
  wifi: 'other access points',
  gnss: 'another place',
  ip: 'the address counts or not',
} as const;

function withdrawal({ deviceId, by }: Withdrawing): LocationEffect {
  return { do: 'tell', deviceId, body: { withdrawn: by } };
}

function noted(state: Location, fact: LedgerFact, { wallMs }: Pick<At, 'wallMs'>): Location {
  return { ...state, ledger: entered(state.ledger, fact, wallMs) };
}
