// Security patches (ASPU): looked for, brought, and put to work when everybody agrees.
//
//            allowed           one is for this Ewon          it is here         window, confirmed, not busy
//   off ──────────────▶ idle ──────────────────▶ downloading ──────────▶ staged ─────────────────────▶ installing
//    ▲                   ▲  ▲                                             │                              │
//    │                   │  └──────────── denied, revoked, another ───────┘                              │
//    │                   └──────────── installed, or failed: tried again, three times at most ───────────┘
//    └── no more: stop, throw away what was brought (what is being installed is brought to its end)
//
// Who may is decided elsewhere (policy.ts) and comes as `Decided`. What is to survive is saved before anything is done.
// One file of more than 400 lines: a machine is read as a whole, state by state.

import {
  CODES,
  type Code,
  HOUR_MS,
  MINUTE_MS,
  type Millis,
  type Patch,
  type PatchBody,
  type RepositoryRead,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import { judgePatch, nextPatch, type PresentVersions } from './patch-choice.ts';
import { deferral, isKnown, TRIES_MAX, URGED_MS, verdictsOf, waitsFor, wishesOf } from './patch-gates.ts';
import { bodyOf } from './patch-report.ts';
import { KEPT_MAX, PATCHES_MAX, type SavedPatch, type Tries } from './patch-saved.ts';
import type { Decider } from './policy.ts';

/** What holds for the life of the process. */
export type PatchRules = {
  readonly agentVersion: string;
  readonly everyMs: Millis;
  /** Whether the machine may be at work has to be asked before each installation. */
  readonly asksBusy: boolean;
};

/** Whether this Ewon may be patched, who decided, and what else the account says of patches. */
export type PatchSwitch = {
  readonly on: boolean;
  readonly by: Decider;
  readonly deviceId?: string;
  readonly isWindowOpen: boolean;
  readonly denied: readonly string[];
  readonly held: readonly string[];
  readonly confirm: boolean;
  /** There is a root to begin with. */
  readonly hasRoot: boolean;
  /** The way to the account is paid by volume. */
  readonly isMetered: boolean;
};

type Doing =
  | { readonly at: 'idle' }
  | { readonly at: 'looking' }
  | { readonly at: 'downloading'; readonly patch: Patch; readonly received: number }
  | { readonly at: 'asking' }
  | { readonly at: 'installing' };

export type PatchMachine = {
  /** Absent until it was decided first. */
  readonly switch?: PatchSwitch;
  readonly saved: SavedPatch;
  readonly doing: Doing;
  readonly present: PresentVersions;
  /** Why the repository was not read the last time. */
  readonly refusal?: { readonly code: Code; readonly detail: string };
  readonly failures: number;
  /** Steady: when it is looked for patches next. */
  readonly lookMs: Millis;
  /** Steady: not before that is one begun that failed or waits for the machine. */
  readonly beginMs: Millis;
  /** Who or what is at work. */
  readonly busy?: string;
  /** A person asked for it now: also over a way that is paid by volume. */
  readonly isWanted: boolean;
  readonly isOpen: boolean;
  /** What the account was told last, so that it is not told again. */
  readonly told?: string;
};

type At = { readonly wallMs: Millis; readonly steadyMs: Millis };
export type PatchEvent = At &
  (
    | { readonly on: 'Started' | 'Announced' | 'Wanted' | 'Confirmed' | 'TimerFired' | 'SessionLost' }
    /** A person at the device wants what waits now, or puts it off. */
    | { readonly on: 'Urged' }
    | { readonly on: 'Deferred'; readonly hours: number }
    | { readonly on: 'Decided'; readonly decision: PatchSwitch }
    | { readonly on: 'Released'; readonly path: string }
    | { readonly on: 'Looked'; readonly present: PresentVersions; readonly read: Result<RepositoryRead> }
    | { readonly on: 'Received'; readonly bytes: number }
    | { readonly on: 'Downloaded'; readonly done: Result<{ readonly file: string }> }
    | { readonly on: 'BusyRead'; readonly busy?: string }
    | { readonly on: 'Installed'; readonly done: Result<{ readonly version: string } | { readonly restart: true }> }
  );
export type PatchEffect =
  | { readonly do: 'look' | 'stop' | 'save' | 'askBusy' }
  | { readonly do: 'download'; readonly patch: Patch }
  | { readonly do: 'install'; readonly patch: Patch; readonly file: string }
  | { readonly do: 'keepOnly'; readonly sha256s: readonly string[] }
  | { readonly do: 'wake'; readonly afterMs: Millis }
  | { readonly do: 'tell'; readonly body: PatchBody }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string };

type Step = readonly [PatchMachine, readonly PatchEffect[]];

/** After a start a board has more to do than to look for patches. */
const FIRST_LOOK_MS = 2 * MINUTE_MS;
const LOOK_AGAIN_MS = 15 * MINUTE_MS;
const BUSY_AGAIN_MS = MINUTE_MS;
/** A window opens, a policy is waited for: this often it is looked whether what is here may be begun. */
const ROUND_MS = MINUTE_MS;
/** An agent that ends in the middle of an installation so often does so because of it. */
const RESUMED_MAX = 10;
const TRY_AGAIN_MS = HOUR_MS;
/** What fails in this way fails again. */
const FINAL: ReadonlySet<Code> = new Set<Code>([
  'PATCH_DECLINED',
  'PATCH_WRONG_VERSION',
  'PATCH_ARCHIVE_BAD',
  'PATCH_NOT_BLESSED',
  'PATCH_NOT_SUPPORTED',
]);

/** After a start. `undefined`: what was saved cannot be read. */
export function initialPatch(saved: SavedPatch | undefined, steadyMs: Millis): PatchMachine {
  return {
    saved: saved ?? { released: [], tries: [] },
    ...{ doing: { at: 'idle' }, present: {}, failures: 0, isWanted: false, isOpen: false },
    ...{ lookMs: steadyMs + FIRST_LOOK_MS, beginMs: steadyMs },
  };
}

/** Decides what follows. Total and pure. */
export function patchTransition(state: PatchMachine, event: PatchEvent, rules: PatchRules): Step {
  const [next, effects] = taken(state, event, rules);
  const [after, more] = considered(next, event, rules);
  return told([after, [...effects, ...more]], event, rules);
}

function taken(state: PatchMachine, event: PatchEvent, rules: PatchRules): Step {
  switch (event.on) {
    case 'Started':
      return state.saved.installing ? resumed(state, state.saved.installing, event) : [state, []];
    case 'Decided':
      return decided(state, event.decision);
    case 'Announced': {
      const { told: _, ...open } = state; // retained, but the broker may be another
      return [{ ...open, isOpen: true }, []];
    }
    case 'SessionLost': {
      const { told: _, ...closed } = state;
      return [{ ...closed, isOpen: false }, []];
    }
    case 'Wanted':
      return [{ ...state, isWanted: true, lookMs: event.steadyMs, beginMs: event.steadyMs }, []];
    case 'Confirmed':
      return state.saved.staged ? saved(state, { confirmed: state.saved.staged.patch.sha256 }) : [state, []];
    case 'Urged':
      return urged(state, event);
    case 'Deferred': {
      const until = deferral(state.saved, event.hours, event.wallMs);
      if (!until || state.doing.at === 'installing') return [state, []];
      const { urged: _, ...kept } = state.saved;
      return saved(state, { ...kept, deferred: until }, 'whole');
    }
    case 'Released':
      return released(state, event);
    case 'Looked':
      return state.doing.at === 'looking' ? looked({ ...state, doing: IDLE }, event, rules) : [state, []];
    case 'Received':
      return state.doing.at === 'downloading'
        ? [{ ...state, doing: { ...state.doing, received: event.bytes } }, []]
        : [state, []];
    case 'Downloaded':
      return state.doing.at === 'downloading' ? downloaded(state, state.doing.patch, event) : [state, []];
    case 'BusyRead': {
      if (state.doing.at !== 'asking') return [state, []];
      const { busy: _, ...free } = { ...state, doing: IDLE };
      if (event.busy === undefined) return begun(free, event);
      return [{ ...free, busy: event.busy, beginMs: event.steadyMs + BUSY_AGAIN_MS }, []];
    }
    case 'Installed':
      return state.doing.at === 'installing' ? installed({ ...state, doing: IDLE }, event) : [state, []];
    case 'TimerFired':
      return [state, []];
  }
}

const IDLE: Doing = { at: 'idle' };

function decided(state: PatchMachine, decision: PatchSwitch): Step {
  const next = { ...state, switch: decision };
  const { deviceId, released: _, confirmed: __, read: ___, ...own } = state.saved;
  const isOther = decision.deviceId !== deviceId;
  // what another account said of patches is no longer true
  const [known, kept] = isOther
    ? saved(
        next,
        { ...own, released: [], tries: own.tries, ...(decision.deviceId && { deviceId: decision.deviceId }) },
        'whole',
      )
    : [next, []];
  if (decision.on && !isOther) return [known, kept];
  const [off, effects] = isOther || state.switch?.on !== false || state.saved.staged ? switchedOff(known) : [known, []];
  return [off, [...kept, ...effects]];
}

/** Nothing that was brought stays, and nothing more is brought; what is being installed is brought to its end. */
function switchedOff(state: PatchMachine): Step {
  if (state.doing.at === 'installing' || state.saved.installing) return [state, []];
  const { busy: _, ...rest } = state;
  const { staged, confirmed: __, urged: ___, ...kept } = state.saved;
  const isDoing = state.doing.at !== 'idle';
  const stopping: readonly PatchEffect[] = isDoing ? [{ do: 'stop' }] : [];
  const [next, saving] = staged ? saved({ ...rest, doing: IDLE }, kept, 'whole') : [{ ...rest, doing: IDLE }, []];
  return [next, [...stopping, ...saving, { do: 'keepOnly', sha256s: [] }]];
}

/** Also what failed an hour ago is begun now; what the machine says is asked all the same. */
function urged(state: PatchMachine, { wallMs, steadyMs }: At): Step {
  const { staged, deferred: _, ...kept } = state.saved;
  if (!staged || state.doing.at === 'installing') return [state, []];
  const { sha256 } = staged.patch;
  return saved(
    { ...state, beginMs: steadyMs },
    { ...kept, staged, urged: { sha256, until: timestampOf(wallMs + URGED_MS) } },
    'whole',
  );
}

function released(state: PatchMachine, { path, steadyMs }: PatchEvent & { on: 'Released' }): Step {
  const others = state.saved.released.filter((one) => one !== path);
  const tries = state.saved.tries.filter((one) => one.path !== path);
  const next = { ...state, lookMs: steadyMs, beginMs: steadyMs };
  return saved(next, { released: [...others, path].slice(-KEPT_MAX), tries });
}

function looked(state: PatchMachine, event: PatchEvent & { on: 'Looked' }, rules: PatchRules): Step {
  const { refusal: before, ...rest } = state;
  const present = event.present;
  if (!event.read.ok) {
    const { code, detail } = event.read.fault;
    const failures = state.failures + 1;
    const lookMs =
      event.steadyMs + Math.min(LOOK_AGAIN_MS * 2 ** (failures - 1), Math.max(rules.everyMs, LOOK_AGAIN_MS));
    const isNew = before?.code !== code;
    return [
      { ...rest, present, failures, lookMs, refusal: { code, detail } },
      isNew ? [{ do: 'report', code, detail }] : [],
    ];
  }
  const { held, patches } = event.read.value;
  // of those that are for something else a device needs to know no more than that they are there
  const mine = patches.filter(({ custom }) => present[custom.kind] !== undefined).slice(0, PATCHES_MAX);
  const next = { ...rest, present, failures: 0, lookMs: event.steadyMs + rules.everyMs };
  return saved(next, { read: { held, patches: mine } });
}

function downloaded(state: PatchMachine, patch: Patch, event: PatchEvent & { on: 'Downloaded' }): Step {
  const next = { ...state, doing: IDLE };
  if (event.done.ok) return saved(next, { staged: { patch, file: event.done.value.file } });
  const { code, detail } = event.done.fault;
  if (code === 'PATCH_STOPPED') return [next, []];
  const failures = state.failures + 1;
  const lookMs = event.steadyMs + Math.min(LOOK_AGAIN_MS * 2 ** (failures - 1), 6 * HOUR_MS);
  const isNew = state.refusal?.code !== code;
  return [{ ...next, failures, lookMs, refusal: { code, detail } }, isNew ? [{ do: 'report', code, detail }] : []];
}

/** Takes up what a start of the agent found under way. The installer knows how far it was, and comes to an end. */
function resumed(state: PatchMachine, installing: NonNullable<SavedPatch['installing']>, event: At): Step {
  const { patch, file, restarting } = installing;
  // how a try ends that ended with the agent is expected; one that ends it again and again is not
  const resumedTimes = restarting ? 0 : installing.resumed + 1;
  if (resumedTimes > RESUMED_MAX) return ended(state, patch, { code: 'PATCH_TRIED_OUT', detail: patch.path }, event);
  const next = { ...state, doing: { at: 'installing' } as const };
  const [after, effects] = saved(next, { installing: { ...installing, restarting: false, resumed: resumedTimes } });
  return [after, [...effects, { do: 'install', patch, file }]];
}

function begun(state: PatchMachine, event: At): Step {
  const { staged } = state.saved;
  // asked what is allowed anew: it took a moment to learn that the machine is free
  if (!staged || waitsFor(state, event)) return [state, []];
  const { patch, file } = staged;
  const tries = withTry(state.saved.tries, patch);
  const [next, effects] = saved(
    { ...state, doing: { at: 'installing' } },
    { tries, installing: { patch, file, restarting: false, resumed: 0 } },
  );
  const report: PatchEffect = { do: 'report', code: 'PATCH_INSTALLING', detail: nameOf(patch) };
  return [next, [...effects, report, { do: 'install', patch, file }]];
}

function installed(state: PatchMachine, event: PatchEvent & { on: 'Installed' }): Step {
  const { installing } = state.saved;
  if (!installing) return [state, []];
  const { patch } = installing;
  if (!event.done.ok) return ended(state, patch, event.done.fault, event);
  if ('restart' in event.done.value)
    return saved({ ...state, doing: { at: 'installing' } }, { installing: { ...installing, restarting: true } });
  return ended(state, patch, undefined, event);
}

function ended(
  state: PatchMachine,
  patch: Patch,
  fault: { readonly code: Code; readonly detail: string } | undefined,
  at: At,
): Step {
  const { installing: _, staged, confirmed: __, urged: ___, deferred: ____, ...rest } = state.saved;
  const isOver = !fault || FINAL.has(fault.code) || timesOf(rest.tries, patch) >= TRIES_MAX;
  const tries = fault && isOver ? withTry(rest.tries, patch, TRIES_MAX) : rest.tries;
  const last = {
    ...{ ended: fault ? ('failed' as const) : ('installed' as const), patch, at: timestampOf(at.wallMs) },
    ...(fault && { reason: fault.code, detail: (fault.detail || CODES[fault.code].text).slice(0, 500) }),
  };
  const kept = { ...rest, tries, last, ...(!isOver && staged && { staged }) };
  const now = at.steadyMs;
  // after one comes the next one, as 15.0s4 after 15.0s2
  const next = { ...state, doing: IDLE, beginMs: now + TRY_AGAIN_MS, ...(isOver && { lookMs: now, beginMs: now }) };
  const [after, saving] = saved(next, kept, 'whole');
  const told: PatchEffect = fault
    ? { do: 'report', code: 'PATCH_FAILED', detail: `${nameOf(patch)}: ${fault.code} ${fault.detail}` }
    : { do: 'report', code: 'PATCH_INSTALLED', detail: nameOf(patch) };
  return [after, [...saving, told, ...(isOver ? [{ do: 'keepOnly', sha256s: [] } as const] : [])]];
}

/** What comes next, as far as everybody agrees. */
function considered(state: PatchMachine, event: At, rules: PatchRules): Step {
  const { switch: decision, doing, saved: known } = state;
  if (!decision?.on || decision.deviceId === undefined || doing.at !== 'idle' || known.installing) return [state, []];
  if (known.staged) {
    const { why } = judgePatch(known.staged.patch, state.present, wishesOf(state));
    const isOffered = known.read?.patches.some(({ sha256 }) => sha256 === known.staged?.patch.sha256);
    // before the first look after a start it is not known what runs, and nothing is decided on that
    if (isKnown(state) && (why || !isOffered)) return dropped(state);
  }
  if (decision.hasRoot && event.steadyMs >= state.lookMs)
    return [{ ...state, doing: { at: 'looking' } }, [{ do: 'look' }]];
  if (!isKnown(state)) return waking(state, event);
  if (known.staged) {
    if (waitsFor(state, event)) return waking(state, event);
    if (rules.asksBusy) return [{ ...state, doing: { at: 'asking' } }, [{ do: 'askBusy' }]];
    return begun(state, event);
  }
  const patch = nextPatch(verdictsOf(state));
  // what a person wanted was what there was then, not whatever comes one day
  if (!patch) return waking({ ...state, isWanted: false }, event);
  if (!mayBring(state)) return waking(state, event);
  const isNew = state.refusal === undefined;
  const report: PatchEffect = { do: 'report', code: 'PATCH_AVAILABLE', detail: nameOf(patch) };
  const downloading: PatchMachine = { ...state, doing: { at: 'downloading', patch, received: 0 }, isWanted: false };
  const only: PatchEffect = { do: 'keepOnly', sha256s: [patch.sha256] };
  return [downloading, [...(isNew ? [report] : []), only, { do: 'download', patch }]];
}

function dropped(state: PatchMachine): Step {
  const { staged: _, confirmed: __, ...kept } = state.saved;
  const [next, effects] = saved(state, kept, 'whole');
  return [next, [...effects, { do: 'keepOnly', sha256s: [] }, { do: 'wake', afterMs: 0 }]];
}

function waking(state: PatchMachine, { steadyMs }: At): Step {
  const roundMs = state.saved.staged ? steadyMs + ROUND_MS : Number.POSITIVE_INFINITY;
  const atMs = Math.min(state.switch?.hasRoot ? state.lookMs : Number.POSITIVE_INFINITY, roundMs);
  return [state, Number.isFinite(atMs) ? [{ do: 'wake', afterMs: Math.max(atMs - steadyMs, 0) }] : []];
}

function mayBring(state: PatchMachine): boolean {
  return state.refusal === undefined && (!state.switch?.isMetered || state.isWanted);
}

/** Tells the account what is different from what it was told. */
function told([state, effects]: Step, event: At, rules: PatchRules): Step {
  if (!state.isOpen || state.switch?.deviceId === undefined) return [state, effects];
  const body = bodyOf(state, event, rules);
  const { received: _, ...said } = body; // how far a download is, is told along with the next that changes
  const text = JSON.stringify(said);
  if (text === state.told) return [state, effects];
  return [{ ...state, told: text }, [...effects, { do: 'tell', body }]];
}

function saved(state: PatchMachine, change: Partial<SavedPatch>, what: 'change' | 'whole' = 'change'): Step {
  const base: SavedPatch = what === 'whole' ? { released: [], tries: [] } : state.saved;
  return [{ ...state, saved: { ...base, ...change } }, [{ do: 'save' }]];
}

function timesOf(tries: readonly Tries[], { sha256 }: Patch): number {
  return tries.find((one) => one.sha256 === sha256)?.times ?? 0;
}

function withTry(tries: readonly Tries[], patch: Patch, times = timesOf(tries, patch) + 1): readonly Tries[] {
  const { sha256, path } = patch;
  return [...tries.filter((one) => one.sha256 !== sha256), { sha256, path, times }].slice(-KEPT_MAX);
}

function nameOf({ path, custom: { version } }: Patch): string {
  return `${version}, ${path}`;
}
