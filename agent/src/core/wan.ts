// The WAN machine: is the way to the account whole, over which link, and if not, why not.
//
//                    first verdict
//   (unknown) ───────────────────────────┐
//                                        ▼
//   online ◀── verdict holds, hold-down over ──▶ offline
//     │  ▲                                      │  ▲
//     ▼  │ it was nothing        it was nothing │  │
//   disconnecting ─── proved bad ──▶   ◀── proved good ─── connecting
//
// online         a session over the active link answers, or probes over it did
// disconnecting  online is doubted: something was not answered, or the session ended, or a verdict waits for the hold-down
// offline        the links or the probes say why
// connecting     a way out is there and is being proved, or waits for the hold-down
//
// `settled` is what is told; it changes at most once in each hold-down, and coming up waits longer the more often it
// changed. Everything else is evidence: facts of the links (free), the session (free), probes (they cost). Probes are ordered only
// where the free evidence does not decide: when something is suspected, after a switch of links, and seldom while offline.
// A new active link is never believed before names, TCP, TLS and the account answered over it, or a session opened.

import {
  type Code,
  MINUTE_MS,
  type Millis,
  SECOND_MS,
  timestampOf,
  WAN_HISTORY_MAX,
  type WanProbe,
} from '@ewon-agent/contracts';
import { mayProbe, spend } from './wan-budget.ts';
import { isMoreExact, localVerdict, probedVerdict, type Verdict } from './wan-judge.ts';
import { activeOf, kindOfLink, type LinkFacts, type LinkReading, type Links, mergeReadings } from './wan-link.ts';
import { NOTHING_SAVED, type SavedWan, type Settled } from './wan-saved.ts';

/** How deep a proof goes: to a TCP connection, or to an answer of the account. */
export type ProofDepth = 'tcp' | 'account';
type Proof = {
  readonly link: string;
  readonly ip: string;
  readonly probes: readonly WanProbe[];
  readonly atMs: Millis;
};
/** What an MQTT session runs over; `isDoubted` while the broker owes an answer for too long, `isDropped` once its end was ordered. */
type Session = {
  readonly link: string;
  readonly ip: string;
  readonly isDoubted: boolean;
  readonly isDropped: boolean;
  /** How often what was owed came after all: a line that is slow must not cost a proof for each message. */
  readonly lateAnswers: number;
};

/** Times named `…AtMs` here are by the steady clock. */
export type Wan = SavedWan & {
  readonly links: Links;
  readonly session?: Session | undefined;
  readonly proof?: Proof | undefined;
  /** The link a proof is under way over. */
  readonly proving?: string | undefined;
  /** Probes of the last proof, for showing. */
  readonly lastProbes: readonly WanProbe[];
  /** Proofs since the last session was opened. */
  readonly proofs: number;
  readonly changedAtMs?: Millis;
  /** There was a verdict since the start: what was saved may be old. */
  readonly isKnown: boolean;
  /** Changes that followed each other too soon. */
  readonly flaps: number;
};

export type WanRules = {
  /** Names of links in order of preference. */
  readonly order: readonly string[];
  readonly holdDownMs: Millis;
  readonly probeBytesMax: number;
};

/** Each event tells the time by the wall and by the clock that never jumps. `hasTarget`: there is an account to probe for. */
export type WanEvent = { readonly wallMs: Millis; readonly steadyMs: Millis; readonly hasTarget: boolean } & (
  | { readonly on: 'LinksRead'; readonly readings: readonly LinkReading[] }
  | { readonly on: 'SessionOpened' }
  | { readonly on: 'SessionClosed' }
  /** The broker owes an answer for longer than a slow line takes. */
  | { readonly on: 'Unanswered' }
  | { readonly on: 'Answered' }
  | {
      readonly on: 'Proved';
      readonly link: string;
      readonly probes: readonly WanProbe[];
      readonly bytes: number;
      readonly address?: string;
    }
  /** A drill cost this much. */
  | { readonly on: 'Drilled'; readonly bytes: number }
  | { readonly on: 'TimerFired'; readonly timer: WanTimer }
);
/** `hold`: a verdict may be told now. `retry`: it is time to prove again. `doubt`: even a slow line would have answered. */
export type WanTimer = 'hold' | 'retry' | 'doubt';

export type WanEffect =
  | { readonly do: 'probe'; readonly link: string; readonly ip: string; readonly depth: ProofDepth }
  | { readonly do: 'wake'; readonly timer: WanTimer; readonly afterMs: Millis }
  | { readonly do: 'letSleep'; readonly timer: WanTimer }
  | { readonly do: 'save' }
  | { readonly do: 'tell' }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string }
  /** The session hangs on a way that is gone: it is ended, so that the next one is tried. */
  | { readonly do: 'dropSession' }
  /** The way is whole again: whoever waits before the next attempt need not. */
  | { readonly do: 'hurrySession' };

type Step = readonly [Wan, readonly WanEffect[]];

/** Before a way that failed is proved again, doubling; links that change are looked at at once, and cost nothing. */
const RETRY_MS = 5 * SECOND_MS;
/** Two probes an hour of some 300 bytes are half of the default budget if the way is gone for a whole month. */
const RETRY_MAX_MS = 30 * MINUTE_MS;
/** More patience with a line that has answered late, doubling; at most half a minute. */
const DOUBT_MS = SECOND_MS;
const LATE_ANSWERS_MAX = 5;
/** Changes within so many hold-downs of each other are flapping. */
const CALM_HOLD_DOWNS = 3;
const HOLD_FACTOR_MAX = 16;
/** A kill in between loses the count of this much: not worth a write to the flash for each probe. */
const SAVE_BYTES = 16_384;

/** The state after a start: what was saved, and nothing known yet of links and session. */
export function initialWan(saved: SavedWan = NOTHING_SAVED): Wan {
  return { ...saved, links: [], lastProbes: [], proofs: 0, isKnown: false, flaps: 0 };
}

/** Decides what follows from an event. Total and pure. */
export function wanTransition(state: Wan, event: WanEvent, rules: WanRules): Step {
  const budget = spend(state.budget, 0, event.wallMs); // a new month may have begun
  const [seen, effects] = absorb(budget === state.budget ? state : { ...state, budget }, event, rules);
  const [next, more] = settle(seen, event, rules);
  return [next, [...effects, ...more]];
}

function absorb(state: Wan, event: WanEvent, rules: WanRules): Step {
  const active = activeOf(state.links);
  switch (event.on) {
    case 'LinksRead': {
      const links = mergeReadings(state.links, event.readings, { atMs: event.wallMs, order: rules.order });
      return [
        { ...state, links, proof: isDisproved({ ...state, links }, active, event) ? undefined : state.proof },
        [],
      ];
    }
    case 'SessionOpened': {
      const over = { link: active?.name ?? '', ip: active?.ip?.value ?? '' };
      const session = { ...over, isDoubted: false, isDropped: false, lateAnswers: 0 };
      return [{ ...state, session, proofs: 0 }, []];
    }
    case 'SessionClosed': {
      const { proof, session, settled } = state;
      // who lets us in and hangs up, again and again, must not cost a proof each time
      const isFresh = proof && event.steadyMs - proof.atMs < rules.holdDownMs;
      // it hung on a way that was gone: over the one that is whole, the next can be opened now
      const hung = session && active && (session.isDropped || !isOver(session, active));
      const isMoving = hung && settled?.at === 'online' && settled.link === active.name;
      return [
        { ...state, session: undefined, proof: isFresh || isMoving ? proof : undefined },
        isMoving ? [{ do: 'hurrySession' }] : [],
      ];
    }
    case 'Unanswered':
      if (!liveSession(state) || state.session?.lateAnswers === 0) return [doubted(state), []];
      return [state, [{ do: 'wake', timer: 'doubt', afterMs: DOUBT_MS * 2 ** (state.session?.lateAnswers ?? 0) }]];
    case 'Answered': {
      if (!state.session) return [state, []];
      // its end is on the way and cannot be taken back; but the line lives, so a proof is due
      if (state.session.isDropped) return [{ ...state, proof: undefined }, []];
      const lateAnswers = Math.min(LATE_ANSWERS_MAX, state.session.lateAnswers + 1);
      return [
        { ...state, session: { ...state.session, isDoubted: false, lateAnswers } },
        [{ do: 'letSleep', timer: 'doubt' }],
      ];
    }
    case 'Drilled':
      return [{ ...state, budget: spend(state.budget, event.bytes, event.wallMs) }, [{ do: 'save' }]];
    case 'Proved':
      return proved(state, event, active);
    case 'TimerFired':
      if (event.timer === 'doubt') return [doubted(state), []];
      return [event.timer === 'retry' ? { ...state, proof: undefined } : state, []];
  }
}

/** A gateway that answers again may lead on again: a proof from before is not worth waiting for the next, which may be half an hour away. */
function isDisproved({ links, proof }: Wan, before: LinkFacts | undefined, { steadyMs }: WanEvent): boolean {
  const isOld = proof !== undefined && steadyMs - proof.atMs >= RETRY_MS;
  const isBad = proof?.probes.some(({ error }) => error !== undefined) === true;
  const isBack = before?.gatewayAnswers?.value !== true && activeOf(links)?.gatewayAnswers?.value === true;
  return isOld && isBad && isBack;
}

function doubted(state: Wan): Wan {
  const session = liveSession(state);
  return session ? { ...state, session: { ...session, isDoubted: true }, proof: undefined } : state;
}

/** One that will end says nothing of the way any more, whatever is still heard over it. */
function liveSession({ session }: Wan): Session | undefined {
  return session?.isDropped ? undefined : session;
}

function proved(state: Wan, event: WanEvent & { on: 'Proved' }, active: LinkFacts | undefined): Step {
  const budget = spend(state.budget, event.bytes, event.wallMs);
  const { link, probes } = event;
  const isOfActive = active?.name === link && active.ip !== undefined;
  const proof = isOfActive ? { link, ip: active.ip.value, probes, atMs: event.steadyMs } : undefined;
  const isWorthWriting = Math.floor(budget.bytes / SAVE_BYTES) !== Math.floor(state.budget.bytes / SAVE_BYTES);
  return [
    {
      ...{ ...state, budget, proof, proofs: state.proofs + 1, lastProbes: probes, proving: undefined },
      ...(event.address !== undefined && { knownAddress: event.address }),
    },
    isWorthWriting || event.address !== (state.knownAddress ?? event.address) ? [{ do: 'save' }] : [],
  ];
}

function isOver(way: { readonly link: string; readonly ip: string }, active: LinkFacts): boolean {
  return way.link === active.name && way.ip === active.ip?.value;
}

/** What the evidence says; undefined where only a proof can tell. */
function verdictOf(state: Wan, rules: WanRules): Verdict | undefined {
  const local = localVerdict(state.links);
  const active = activeOf(state.links);
  if (local || !active) return local;
  const { proof } = state;
  const session = liveSession(state);
  const isServed = session !== undefined && isOver(session, active);
  const online = { at: 'online', link: active.name, connectivity: 'full', cause: 'WAN_ONLINE', detail: '' } as const;
  if (isServed && !session.isDoubted) return online;
  if (proof && isOver(proof, active)) return probedVerdict(active, proof.probes);
  if (mayProbe(state.budget, rules.probeBytesMax)) return undefined;
  // it will answer or end, or is being opened: without a probe nobody knows sooner
  if (isServed || !state.settled) return undefined;
  return {
    ...online,
    at: 'offline',
    connectivity: 'unknown',
    cause: 'WAN_NO_ANSWER',
    detail: 'no session, and no bytes left for a proof',
  };
}

function settle(before: Wan, event: WanEvent, rules: WanRules): Step {
  const verdict = verdictOf(before, rules);
  if (!verdict) return prove(before, event, rules);
  const known = before.isKnown ? before : { ...before, isKnown: true };
  const { settled } = known;
  const [state, dropping] = dropOf(known, verdict);
  const effects = [...retryEffects(state, verdict, event.steadyMs), ...dropping];
  if (settled && isSame(settled, verdict)) return [state, [...effects, { do: 'letSleep', timer: 'hold' }]];
  if (settled && isMoreExact(settled, verdict)) return amend(state, verdict, effects);
  const waitMs = holdMs(state, verdict, rules) - sinceChangeMs(state, event.steadyMs);
  if (waitMs > 0) return [state, [...effects, { do: 'wake', timer: 'hold', afterMs: waitMs }]];
  return change(state, { verdict, event, rules, effects });
}

/** Where only a proof can tell: one at a time, and as deep as the question is. */
function prove(state: Wan, event: WanEvent, rules: WanRules): Step {
  const active = activeOf(state.links);
  if (!active?.ip || !event.hasTarget || state.proving !== undefined) return [state, []];
  if (!mayProbe(state.budget, rules.probeBytesMax)) {
    if (state.budget.spentTold) return [state, []];
    const detail = `${state.budget.bytes} of ${rules.probeBytesMax} bytes in ${state.budget.month}`;
    return [
      { ...state, budget: { ...state.budget, spentTold: true } },
      [{ do: 'report', code: 'WAN_BUDGET_SPENT', detail }],
    ];
  }
  const { settled } = state;
  const isDoubtOnly =
    settled?.at === 'online' && settled.link === active.name && liveSession(state)?.isDoubted === true;
  const depth = isDoubtOnly ? 'tcp' : 'account';
  return [{ ...state, proving: active.name }, [{ do: 'probe', link: active.name, ip: active.ip.value, depth }]];
}

/**
 * What stands on a proof alone is proved again, later each time, until a session stands for it. What the links themselves say
 * changes with them, and needs no timer.
 */
function retryEffects(state: Wan, { at }: Verdict, steadyMs: Millis): readonly WanEffect[] {
  const { proof, proofs } = state;
  if (!proof || (at === 'online' && liveSession(state))) return [{ do: 'letSleep', timer: 'retry' }];
  const pauseMs = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(20, Math.max(0, proofs - 1)));
  return [{ do: 'wake', timer: 'retry', afterMs: Math.max(0, proof.atMs + pauseMs - steadyMs) }];
}

/** A session over another way than the one that was proved, or over none, is ended. */
function dropOf(state: Wan, verdict: Verdict): Step {
  const session = liveSession(state);
  const active = activeOf(state.links);
  const isElsewhere = session && active && !isOver(session, active);
  if (!session || (verdict.at === 'online' && !isElsewhere)) return [state, []];
  return [{ ...state, session: { ...session, isDropped: true } }, [{ do: 'dropSession' }]];
}

function change(
  state: Wan,
  {
    verdict,
    event,
    rules,
    effects,
  }: { verdict: Verdict; event: WanEvent; rules: WanRules; effects: readonly WanEffect[] },
): Step {
  const settled: Settled = { ...verdict, sinceMs: event.wallMs };
  const calmMs = CALM_HOLD_DOWNS * rules.holdDownMs * holdFactor(state);
  const isSoon = sinceChangeMs(state, event.steadyMs) < calmMs;
  const entry = {
    at: timestampOf(event.wallMs),
    link: kindOfLink(state.links, verdict.link),
    ...(verdict.link !== undefined && { interface: verdict.link }),
    ...{ state: verdict.at, connectivity: verdict.connectivity, cause: verdict.cause },
  };
  return [
    {
      ...{ ...state, settled, changedAtMs: event.steadyMs, flaps: isSoon ? state.flaps + 1 : 0 },
      proofs: Math.min(1, state.proofs), // an outage that begins is looked at sooner than one that lasts
      history: [...state.history, entry].slice(-WAN_HISTORY_MAX),
    },
    [
      ...effects,
      ...hurryEffects(state, verdict),
      { do: 'letSleep', timer: 'hold' },
      { do: 'report', code: verdict.cause, detail: [verdict.link, verdict.detail].filter(Boolean).join(': ') },
      { do: 'save' },
      { do: 'tell' },
    ],
  ];
}

/** Whoever waits before the next attempt need not: the way is whole. */
function hurryEffects(state: Wan, { at }: Verdict): readonly WanEffect[] {
  return at === 'online' && !liveSession(state) ? [{ do: 'hurrySession' }] : [];
}

/** The same outage, with a nearer cause: what was told of it is put right, and nothing changes again. */
function amend(state: Wan, verdict: Verdict, effects: readonly WanEffect[]): Step {
  const settled: Settled = { ...verdict, sinceMs: state.settled?.sinceMs ?? 0 };
  const { connectivity, cause } = verdict;
  const history = state.history.map((entry, i) =>
    i === state.history.length - 1 ? { ...entry, connectivity, cause } : entry,
  );
  return [{ ...state, settled, history }, [...effects, { do: 'save' }, { do: 'tell' }]];
}

/** The first changes after a calm time are told at once; coming up after several waits, so that a flapping link is down. */
function holdMs(state: Wan, { at }: Verdict, { holdDownMs }: WanRules): Millis {
  return at === 'offline' ? holdDownMs : holdDownMs * holdFactor(state);
}

function holdFactor({ flaps }: Wan): number {
  return Math.min(HOLD_FACTOR_MAX, 2 ** Math.max(0, flaps - 2));
}

function sinceChangeMs({ changedAtMs }: Wan, steadyMs: Millis): Millis {
  return changedAtMs === undefined ? Number.POSITIVE_INFINITY : steadyMs - changedAtMs;
}

/**
 * When a link that is proved again is told as the one in use, by the wall: a hold-down after the last change.
 * @returns undefined while it is not proved
 */
export function holdEndsMs(state: Wan, rules: WanRules, link: string): Millis | undefined {
  const verdict = verdictOf(state, rules);
  if (verdict?.at !== 'online' || verdict.link !== link || !state.settled) return undefined;
  return state.settled.sinceMs + holdMs(state, verdict, rules);
}

function isSame(a: Verdict, b: Verdict): boolean {
  return a.at === b.at && a.link === b.link && a.connectivity === b.connectivity && a.cause === b.cause;
}

/** The word for how the way stands now, doubts included. */
export function wordOf(state: Wan, rules: WanRules): 'online' | 'disconnecting' | 'offline' | 'connecting' {
  const verdict = verdictOf(state, rules);
  if (!state.settled || !state.isKnown) return 'connecting';
  const { at } = state.settled;
  if (verdict && verdict.at === at) return at;
  if (at === 'online') return 'disconnecting';
  return activeOf(state.links) ? 'connecting' : 'offline';
}
