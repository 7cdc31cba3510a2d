// What stands between a patch and its installation, as far as this device knows by itself.

import { type Code, HOUR_MS, type Millis, type PatchedNow, timestampOf } from '@ewon-agent/contracts';
import type { PatchMachine } from './patch.ts';
import { judgePatch, type PatchVerdict, type PatchWishes } from './patch-choice.ts';
import type { SavedPatch } from './patch-saved.ts';

/** So often a patch is begun. */
export const TRIES_MAX = 3;

/** It was looked what runs, and the repository was read, since the start. */
export function isKnown({ present }: PatchMachine): boolean {
  return Object.keys(present).length > 0;
}

/** What a patch that is here waits for. The machine itself is asked last. */
export function waitsFor(
  state: PatchMachine,
  { wallMs, steadyMs }: { readonly wallMs: Millis; readonly steadyMs: Millis },
): Code | undefined {
  const { switch: decision, saved: known } = state;
  if (!known.staged || !decision) return undefined;
  // a clock that was set back makes nothing young again
  const nowMs = Math.max(wallMs, Date.parse(known.read?.held.refreshedAt ?? '') || 0);
  if (known.read && Date.parse(known.read.held.expiresAt) <= nowMs) return 'TUF_FROZEN';
  // who stands before the machine knows better than a window when it may stop, and says yes by wanting it
  const isUrged = isUrgedNow(known, wallMs);
  if (!isUrged && isDeferred(known, wallMs)) return 'PATCH_DEFERRED';
  if (!isUrged && !decision.isWindowOpen) return 'PATCH_WINDOW_CLOSED';
  if (!isUrged && decision.confirm && known.confirmed !== known.staged.patch.sha256) return 'PATCH_UNCONFIRMED';
  if (steadyMs < state.beginMs) return state.busy === undefined ? 'PATCH_FAILED' : 'PATCH_BUSY';
  return undefined;
}

/** Who says now does not mean the middle of some other day, when the machine has become free. */
export const URGED_MS = HOUR_MS;

function isUrgedNow({ staged, urged }: SavedPatch, wallMs: Millis): boolean {
  if (!staged || urged?.sha256 !== staged.patch.sha256) return false;
  const leftMs = Date.parse(urged.until) - wallMs;
  return leftMs > 0 && leftMs <= URGED_MS;
}

/** Hours for which a person at the device may put a patch off: at once, and in all. */
export const DEFER_HOURS = { min: 1, max: 72, usual: 24, inAll: 168 } as const;

/** The patch that waits was put off. A clock that was set back makes it wait no longer than that can be. */
export function isDeferred({ staged, deferred }: SavedPatch, wallMs: Millis): boolean {
  if (!staged || deferred?.sha256 !== staged.patch.sha256) return false;
  const leftMs = Date.parse(deferred.until) - wallMs;
  return leftMs > 0 && leftMs <= DEFER_HOURS.max * HOUR_MS;
}

/** Puts the patch that waits off; undefined where it was put off for as long as may be already. */
export function deferral({ staged, deferred }: SavedPatch, hours: number, wallMs: Millis): SavedPatch['deferred'] {
  if (!staged) return undefined;
  const { sha256 } = staged.patch;
  const before = deferred?.sha256 === sha256 ? Date.parse(deferred.first) : wallMs;
  const firstMs = before <= wallMs ? before : wallMs; // the clock was set back
  const untilMs = Math.min(wallMs + hours * HOUR_MS, firstMs + DEFER_HOURS.inAll * HOUR_MS);
  return untilMs > wallMs ? { sha256, first: timestampOf(firstMs), until: timestampOf(untilMs) } : undefined;
}

/** Says of each patch that is offered why it is not installed. */
export function verdictsOf(state: PatchMachine): readonly PatchVerdict[] {
  return (state.saved.read?.patches ?? []).map((patch) => judgePatch(patch, state.present, wishesOf(state)));
}

/** What is wanted of patches. */
export function wishesOf({ switch: decision, saved: { released, tries } }: PatchMachine): PatchWishes {
  const triedOut = tries.filter(({ times }) => times >= TRIES_MAX).map(({ sha256 }) => sha256);
  return { denied: decision?.denied ?? [], held: decision?.held ?? [], released, triedOut };
}

/** What runs, for a message. */
export function firmwareOf({ present }: PatchMachine): PatchedNow | undefined {
  return present['ewon-firmware'];
}
