// Which patch comes next, and why not the others.

import {
  type Code,
  comparePatchVersions,
  PATCH_SEVERITIES,
  type Patch,
  type PatchedNow,
  type PatchKind,
  parsePatchVersion,
  whyNotFrom,
} from '@ewon-agent/contracts';

/** What runs, of each kind that can be patched here. */
export type PresentVersions = { readonly [K in PatchKind]?: PatchedNow };

/** What the account wants of patches, by the names of their targets. */
export type PatchWishes = {
  readonly denied: readonly string[];
  readonly held: readonly string[];
  /** Those that were let through by the command `patch`, although they are held. */
  readonly released: readonly string[];
  /** Hashes of those that were tried and are not tried again. */
  readonly triedOut: readonly string[];
};

/** Why a patch is not installed; absent for one that may be. */
export type PatchVerdict = { readonly patch: Patch; readonly why?: Code; readonly detail?: string };

/** Judges one patch: what it is for comes before what is wished. */
export function judgePatch(patch: Patch, present: PresentVersions, wishes: PatchWishes): PatchVerdict {
  const no = (why: Code, detail?: string) => ({ patch, why, ...(detail !== undefined && { detail }) });
  const { kind, version, productCodes } = patch.custom;
  const now = present[kind];
  const [running, meant] = [now && parsePatchVersion(now.version), parsePatchVersion(version)];
  if (!now || !running || !meant) return no('PATCH_NOT_SUPPORTED', kind);
  if (productCodes.length > 0 && !productCodes.includes(now.productCode))
    return no('PATCH_WRONG_PRODUCT', `${productCodes.join(' ')}, this is ${now.productCode}`);
  if (comparePatchVersions(meant, running) <= 0) return no('PATCH_NOT_NEWER', `${version}, ${now.version} runs`);
  if (whyNotFrom(running, patch.custom)) return no('PATCH_NOT_FROM_HERE', `${now.version} runs`);
  if (wishes.denied.includes(patch.path)) return no('PATCH_DENIED', patch.path);
  if (wishes.held.includes(patch.path) && !wishes.released.includes(patch.path)) return no('PATCH_HELD', patch.path);
  if (wishes.triedOut.includes(patch.sha256)) return no('PATCH_TRIED_OUT', patch.path);
  return { patch };
}

/**
 * The patch that comes next: of those that may be installed the most severe; of one severity the agent's own before the
 * Ewon's, because it is the one who installs; of one kind the newest, and of two with one version the first by name.
 */
export function nextPatch(verdicts: readonly PatchVerdict[]): Patch | undefined {
  return verdicts
    .filter(({ why }) => why === undefined)
    .map(({ patch }) => patch)
    .toSorted(
      (a, b) =>
        PATCH_SEVERITIES.indexOf(b.custom.severity) - PATCH_SEVERITIES.indexOf(a.custom.severity) ||
        Number(b.custom.kind === 'agent') - Number(a.custom.kind === 'agent') ||
        newestFirst(a, b) ||
        (a.path < b.path ? -1 : 1),
    )[0];
}

function newestFirst(a: Patch, b: Patch): number {
  const [va, vb] = [parsePatchVersion(a.custom.version), parsePatchVersion(b.custom.version)];
  return va && vb ? comparePatchVersions(vb, va) : 0;
}
