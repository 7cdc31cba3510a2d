import type { Patch, PatchCustom, RepositoryRead } from '@ewon-agent/contracts';
import { ok } from '@ewon-agent/contracts';
import type { PatchSwitch } from '../core/patch.ts';
import type { PresentVersions } from '../core/patch-choice.ts';

// What tests of patches begin with.

/** A patch of the firmware from 14.x on, unless told. */
export function patchOf(path: string, custom: Partial<PatchCustom> = {}): Patch {
  const usual: PatchCustom = {
    ...{ kind: 'ewon-firmware', version: '15.0s2', productCodes: ['21'], from: [], requires: [], cves: [] },
    ...{ severity: 'high', rebootNeeded: true },
  };
  const sha256 = Buffer.from(path).toString('hex').padEnd(64, '0').slice(0, 64);
  return { path, length: 1000, sha256, custom: { ...usual, ...custom } };
}

export const PRESENT: PresentVersions = {
  'ewon-firmware': { version: '14.6s0', productCode: '21' },
  agent: { version: '1.0.0', productCode: 'amd64' },
};

/** Everything is allowed, the window is open. */
export const ALLOWED: PatchSwitch = {
  ...{ on: true, by: 'account', deviceId: 'd_1', isWindowOpen: true, denied: [], held: [], confirm: false },
  ...{ hasRoot: true, isMetered: false },
};

/** A repository that was read, with these patches. */
export function readOf(patches: readonly Patch[], expiresAt = '2026-03-02T12:00:00.000Z') {
  const held = { root: 1, timestamp: 7, snapshot: 3, targets: 3, expiresAt, refreshedAt: '2026-03-01T12:00:00.000Z' };
  return ok<RepositoryRead>({ held, patches });
}
