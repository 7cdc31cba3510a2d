// What stands between a patch and its installation, as far as this device knows by itself.

import type { Code, Millis, PatchedNow } from '@ewon-agent/contracts';
import type { PatchMachine } from './patch.ts';
import { judgePatch, type PatchVerdict, type PatchWishes } from './patch-choice.ts';

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
  if (!decision.isWindowOpen) return 'PATCH_WINDOW_CLOSED';
  if (decision.confirm && known.confirmed !== known.staged.patch.sha256) return 'PATCH_UNCONFIRMED';
  if (steadyMs < state.beginMs) return state.busy === undefined ? 'PATCH_FAILED' : 'PATCH_BUSY';
  return undefined;
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
