import {
  type Code,
  comparePatchVersions,
  isCode,
  type Patch,
  type PatchMessage,
  type PatchVersion,
  parsePatchVersion,
  whyNotFrom,
} from '@ewon-agent/contracts';
import type { EwonRecord } from './records.ts';

// How an Ewon stands with a patch, by what it told last and by what its account wants now. An Ewon tells of one patch only, so
// of the others the account reasons as the Ewon does (agent/core/patch-choice.ts).

/**
 * `has` it, or something newer · `waits` · `failed` · `excluded` by somebody's wish or by what runs · `foreign` it is for other
 * products · `unknown` the Ewon has told nothing since the patch is there.
 */
export const PATCH_STANDINGS = ['has', 'waits', 'failed', 'excluded', 'foreign', 'unknown'] as const;
export type PatchStandingIs = (typeof PATCH_STANDINGS)[number];

export type PatchStanding = {
  readonly is: PatchStandingIs;
  /** What it does with it now. */
  readonly doing?: 'downloading' | 'installing';
  readonly reason?: Code;
  /** What the reason met; with PATCH_OFF who decided: `account`, `device`, `board` or `unknown`. */
  readonly detail?: string;
};

/** A patch of the repository, read once for all Ewons. */
export type OfferedPatch = Pick<Patch, 'path' | 'sha256' | 'custom'> & {
  readonly meant: PatchVersion | undefined;
  /** Version of the list that is published now: who has read an older one may not know of the patch. */
  readonly listed: number;
};

/** What is asked of one Ewon. */
export type PatchedEwon = Pick<EwonRecord, 'serial' | 'firmware' | 'agent'> & {
  readonly told: PatchMessage | undefined;
};

/** What the account wants. */
export type PatchPolicy = {
  readonly remoteManagement: boolean;
  readonly denied: readonly string[];
  readonly held: readonly string[];
};

/** The version that runs, of the kind that the patch is; undefined where nobody has told it. */
export function runsOf({ told, firmware, agent }: PatchedEwon, { kind }: Patch['custom']): string | undefined {
  const runs = kind === 'agent' ? (told?.agent ?? agent) : (told?.firmware ?? firmware);
  return runs === '' ? undefined : runs;
}

/** @param isLetThrough it was told to take the patch although it is held, as a rollout in groups does */
export function patchStandingOf(
  ewon: PatchedEwon,
  patch: OfferedPatch,
  policy: PatchPolicy,
  isLetThrough: boolean,
): PatchStanding {
  const { path, custom, meant } = patch;
  const { told } = ewon;
  if (isForeign(ewon, custom)) return { is: 'foreign', reason: 'PATCH_WRONG_PRODUCT' };
  const runs = runsOf(ewon, custom);
  const running = runs === undefined ? undefined : parsePatchVersion(runs);
  if (running && meant && comparePatchVersions(running, meant) >= 0) return { is: 'has' };
  const about = told?.patch?.path === path && told.patch.sha256 === patch.sha256 ? told : undefined;
  // what has begun is brought to its end, whatever is wanted since
  if (about?.state === 'installing') return { is: 'waits', doing: 'installing' };
  if (about?.state === 'installed') return { is: 'has' };
  if (about?.state === 'failed') return { is: 'failed', ...whyOf(about) };
  if (told && running && whyNotFrom(running, custom))
    return { is: 'excluded', reason: 'PATCH_NOT_FROM_HERE', detail: stepsOf(custom) };
  if (policy.denied.includes(path)) return { is: 'excluded', reason: 'PATCH_DENIED' };
  if (!policy.remoteManagement) return { is: 'excluded', reason: 'PATCH_OFF', detail: 'account' };
  if (!told) return { is: 'unknown' };
  // it has not heard yet that the account allows it again
  if (told.reason === 'PATCH_OFF' && told.detail !== 'account') return { is: 'excluded', ...whyOf(told) };
  if (about) return saidOf(about, policy.held.includes(path) && !isLetThrough);
  if (isCodeOf(told.reason, 'TUF_')) return { is: 'waits', ...whyOf(told) };
  if ((told.repository?.targets ?? 0) < patch.listed) return { is: 'unknown' };
  if (policy.held.includes(path) && !isLetThrough) return { is: 'waits', reason: 'PATCH_HELD' };
  if (custom.kind === 'ewon-firmware' && told.firmware === undefined)
    return { is: 'excluded', reason: 'PATCH_NOT_SUPPORTED', detail: custom.kind };
  // it has read the list and means nothing of it: the board is of another architecture, which only the board knows
  const isQuiet = told.state === 'idle' && told.reason === undefined;
  if (isQuiet && custom.kind === 'agent' && custom.productCodes.length > 0)
    return { is: 'foreign', reason: 'PATCH_WRONG_PRODUCT' };
  return { is: 'waits' };
}

/** What the Ewon itself says of this patch while it is neither at work nor failed. */
function saidOf(told: PatchMessage, isHeld: boolean): PatchStanding {
  if (told.state === 'downloading') return { is: 'waits', doing: 'downloading' };
  const { reason } = told;
  if (reason === 'PATCH_WRONG_PRODUCT') return { is: 'foreign', reason };
  if (reason === 'PATCH_TRIED_OUT') return { is: 'failed', reason };
  if (reason === 'PATCH_NOT_SUPPORTED' || reason === 'PATCH_NOT_FROM_HERE') return { is: 'excluded', ...whyOf(told) };
  if (isHeld) return { is: 'waits', reason: 'PATCH_HELD' };
  // it was denied or held until just now
  if (reason === 'PATCH_DENIED' || reason === 'PATCH_HELD' || reason === 'PATCH_OFF') return { is: 'waits' };
  return { is: 'waits', ...whyOf(told) };
}

function isForeign({ serial }: PatchedEwon, { kind, productCodes }: Patch['custom']): boolean {
  return kind === 'ewon-firmware' && productCodes.length > 0 && !productCodes.includes(serial.slice(-2));
}

function stepsOf({ from, requires }: Patch['custom']): string {
  return [...(from.length > 0 ? [`from ${from.join(', ')}`] : []), ...requires.map((one) => `after ${one}`)].join('; ');
}

function whyOf({ reason, detail }: PatchMessage): Pick<PatchStanding, 'reason' | 'detail'> {
  return {
    ...(reason !== undefined && isCode(reason) && { reason }),
    ...(detail !== undefined && detail !== '' && { detail }),
  };
}

function isCodeOf(reason: string | undefined, area: string): boolean {
  return reason?.startsWith(area) ?? false;
}
