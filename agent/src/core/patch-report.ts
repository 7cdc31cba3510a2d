// What is said of patches: to the account as `up/patch`, at the board as `ewon-agent patch status`.

import {
  CODES,
  type Code,
  type Millis,
  type Patch,
  type PatchBody,
  type PatchState,
  type Timestamp,
  timestampOf,
} from '@ewon-agent/contracts';
import type { PatchMachine, PatchRules } from './patch.ts';
import { firmwareOf, verdictsOf, waitsFor } from './patch-gates.ts';
import type { LastPatch } from './patch-saved.ts';
import type { Decision } from './policy.ts';

type Now = { readonly wallMs: Millis; readonly steadyMs: Millis };
type Standing = {
  readonly state: PatchState;
  readonly reason?: Code;
  readonly detail?: string;
  readonly patch?: Patch;
  readonly received?: number;
};

/** What `up/patch` says beside its head. */
export function bodyOf(state: PatchMachine, now: Now, { agentVersion }: Pick<PatchRules, 'agentVersion'>): PatchBody {
  const { patch, ...standing } = standingOf(state, now);
  const firmware = firmwareOf(state);
  const held = state.saved.read?.held;
  return {
    ...standing,
    ...(patch && {
      patch: { path: patch.path, sha256: patch.sha256, kind: patch.custom.kind, version: patch.custom.version },
    }),
    agent: agentVersion,
    ...(firmware && { firmware: firmware.version }),
    ...(held && { repository: held }),
  };
}

/** How it stands, in one word and the reason for it. */
export function standingOf(state: PatchMachine, now: Now): Standing {
  const { doing, saved } = state;
  if (saved.installing) return { state: 'installing', patch: saved.installing.patch };
  if (state.switch && !state.switch.on) return { state: 'idle', reason: 'PATCH_OFF', detail: state.switch.by };
  if (doing.at === 'downloading') return { state: 'downloading', patch: doing.patch, received: doing.received };
  const { staged } = saved;
  if (staged) {
    const reason = waitsFor(state, now);
    const detail =
      reason === 'PATCH_DEFERRED'
        ? `until ${saved.deferred?.until}`
        : reason === 'PATCH_BUSY'
          ? state.busy
          : reason === 'PATCH_FAILED'
            ? saved.last?.reason
            : undefined;
    const received = staged.patch.length;
    return { state: 'waiting', ...(reason && { reason }), ...(detail && { detail }), patch: staged.patch, received };
  }
  const refusal = state.refusal && { reason: state.refusal.code, detail: state.refusal.detail.slice(0, 500) };
  if (refusal) return { state: 'idle', ...refusal };
  const verdicts = verdictsOf(state);
  const open = verdicts.find(({ why }) => why === undefined);
  if (open && state.switch?.isMetered) return { state: 'waiting', reason: 'PATCH_METERED', patch: open.patch };
  if (saved.last?.ended === 'failed') return { ...failed(saved.last), patch: saved.last.patch };
  const kept = verdicts.find(({ why }) => why === 'PATCH_HELD' || why === 'PATCH_DENIED');
  if (kept?.why) return { state: 'idle', reason: kept.why, patch: kept.patch };
  return saved.last ? { state: 'installed', patch: saved.last.patch } : { state: 'idle' };
}

function failed({ reason, detail }: LastPatch): Omit<Standing, 'patch'> {
  const code = reason !== undefined && reason in CODES ? (reason as Code) : 'PATCH_FAILED';
  return { state: 'failed', reason: code, ...(detail && { detail }) };
}

/** What `ewon-agent patch status --json` prints. */
export type PatchStatus = PatchBody & {
  readonly remoteManagement: Decision & { readonly why: string };
  /** Of each patch that the repository offers for what runs here, why it is not installed; no reason: it comes next. */
  readonly offered: readonly {
    readonly path: string;
    readonly version: string;
    readonly severity: string;
    readonly cves: readonly string[];
    readonly reason?: Code;
    readonly detail?: string;
  }[];
  readonly last?: { readonly ended: string; readonly path: string; readonly version: string; readonly at: Timestamp };
  /** The repository is read next at. */
  readonly nextLookAt?: Timestamp;
};

/** Explains how patches stand. */
export function patchStatusOf(
  state: PatchMachine,
  now: Now,
  rules: PatchRules,
  remoteManagement: Decision & { readonly why: string },
): PatchStatus {
  const { last } = state.saved;
  const offered = verdictsOf(state).map(({ patch, why, detail }) => ({
    ...{ path: patch.path, version: patch.custom.version, severity: patch.custom.severity, cves: patch.custom.cves },
    ...(why && { reason: why, ...(detail && { detail }) }),
  }));
  const nextMs = now.wallMs + Math.max(state.lookMs - now.steadyMs, 0);
  return {
    ...bodyOf(state, now, rules),
    ...{ remoteManagement, offered },
    ...(last && {
      last: { ended: last.ended, path: last.patch.path, version: last.patch.custom.version, at: last.at },
    }),
    ...(state.switch?.on && state.switch.hasRoot && { nextLookAt: timestampOf(nextMs) }),
  };
}

/** Exit status of `ewon-agent patch status`. */
export const PATCH_EXIT: Readonly<Record<PatchState, number>> = {
  idle: 0,
  installed: 0,
  waiting: 20,
  downloading: 21,
  installing: 21,
  failed: 22,
};
/** While patches are not allowed. */
export const PATCH_EXIT_OFF = 23;
