import {
  comparePatchVersions,
  err,
  type Fault,
  type Patch,
  type PatchedNow,
  type PatchVersion,
  parsePatchVersion,
  whyNotFrom,
} from '@ewon-agent/contracts';

// Whether firmware may go to an Ewon at all. Asked before anything is touched; what is not said here is left to the Ewon, which declines it.

/** The version without which nobody gets from 14 to 15 (ewon-facts §1.7). */
const PIVOT: PatchVersion = [15, 0, 2];
/** From here on an Ewon takes signed files, under another name (ewon-facts §1.2). */
const SIGNED_SINCE = 15;

/**
 * Says why firmware is not for this Ewon, or that it runs already.
 * Codes: PATCH_NOT_SUPPORTED (another kind), PATCH_WRONG_PRODUCT, PATCH_NOT_NEWER, PATCH_NOT_FROM_HERE (also: the pivot is missing).
 */
export function firmwareDoubt({ custom }: Patch, now: PatchedNow): Fault | 'installed' | undefined {
  const { kind, version, productCodes } = custom;
  const [asked, runs] = [parsePatchVersion(version), parsePatchVersion(now.version)];
  if (kind !== 'ewon-firmware') return fault('PATCH_NOT_SUPPORTED', kind);
  if (!runs) return fault('PATCH_NOT_FROM_HERE', `the Ewon says that its firmware is ${now.version || 'nothing'}`);
  if (!asked) return fault('PATCH_NOT_FROM_HERE', `${version} is no version`);
  if (productCodes.length > 0 && !productCodes.includes(now.productCode))
    return fault('PATCH_WRONG_PRODUCT', `for ${productCodes.join(', ')}; this Ewon is ${now.productCode}`);
  const newer = comparePatchVersions(asked, runs);
  if (newer === 0) return 'installed';
  if (newer < 0) return fault('PATCH_NOT_NEWER', `${now.version} runs, the patch is ${version}`);
  const not = whyNotFrom(runs, custom);
  if (not) {
    const why = not.is === 'for others' ? `is for ${custom.from.join(', ')}` : `needs ${not.step} first`;
    return fault('PATCH_NOT_FROM_HERE', `${version} ${why}; ${now.version} runs`);
  }
  if (runs[0] < SIGNED_SINCE && comparePatchVersions(asked, PIVOT) > 0)
    return fault('PATCH_NOT_FROM_HERE', `${version} needs 15.0s2 first; ${now.version} runs`);
  return undefined;
}

/** Tells whether two versions are the same, however they are written. */
export function isSameVersion(a: string, b: string): boolean {
  const [left, right] = [parsePatchVersion(a), parsePatchVersion(b)];
  return left !== undefined && right !== undefined && comparePatchVersions(left, right) === 0;
}

function fault(...said: Parameters<typeof err>): Fault {
  return err(...said).fault;
}
