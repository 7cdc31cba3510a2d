import type { Timestamp } from '../units.ts';
import { jsonReader } from '../validate.ts';
import { atLeast, count, listOf, matching, sha256Hex, text, timestamp, yesOrNo } from './common.ts';

// Security patches (ASPU, docs/decisions/0002-wire-v1.md §8): what the signed target of a repository says of one, and what a
// device says of its own, `up/patch`.

export const PATCH_KINDS = ['ewon-firmware', 'agent'] as const;
/** `ewon-firmware` goes to the Ewon through the firmware bridge, `agent` beside the packaged version of the agent. */
export type PatchKind = (typeof PATCH_KINDS)[number];

export const PATCH_SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type PatchSeverity = (typeof PATCH_SEVERITIES)[number];

/** The member `custom` of a TUF target. Versions are those of `parsePatchVersion`. */
export type PatchCustom = {
  readonly kind: PatchKind;
  readonly version: string;
  /** For `ewon-firmware` the last two digits of the serial (`21`), for `agent` the architecture (`amd64`, `arm64`); empty: all. */
  readonly productCodes: readonly string[];
  /** Versions that it may replace: `14.x`, `15.0.x` or one exactly; empty: every older one. */
  readonly from: readonly string[];
  /** Versions that must have been reached before, as 15.0s2 on the way from 14 to 15: the present one is none of them older. */
  readonly requires: readonly string[];
  readonly cves: readonly string[];
  readonly severity: PatchSeverity;
  readonly rebootNeeded: boolean;
};

/** A target of the repository as it was signed. `path` is its name, without a directory. */
export type Patch = {
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
  readonly custom: PatchCustom;
};

/** What was trusted of a repository last: versions of the roles, and until when that holds. */
export type RepositoryHeld = {
  readonly root: number;
  readonly timestamp: number;
  readonly snapshot: number;
  readonly targets: number;
  /** The first of the roles expires then; nothing is installed after it until the repository was read again. */
  readonly expiresAt: Timestamp;
  readonly refreshedAt: Timestamp;
};

export const PATCH_STATES = ['idle', 'downloading', 'waiting', 'installing', 'installed', 'failed'] as const;
/**
 * `idle` nothing to do, or nothing allowed: `reason` says which · `downloading` · `waiting` it is here and verified; `reason`
 * says for what · `installing` · `installed` the last one is at work · `failed` the last one is not, `reason` says why.
 */
export type PatchState = (typeof PATCH_STATES)[number];

/** What `up/patch` says beside its head. */
export type PatchBody = {
  readonly state: PatchState;
  /** A code. */
  readonly reason?: string;
  readonly detail?: string;
  /** The patch that the state is about. */
  readonly patch?: Pick<Patch, 'path' | 'sha256'> & Pick<PatchCustom, 'kind' | 'version'>;
  /** Bytes that are here, of `patch`. */
  readonly received?: number;
  /** What runs. `firmware` is absent while the Ewon was not asked. */
  readonly agent: string;
  readonly firmware?: string;
  readonly repository?: RepositoryHeld;
};

const version = matching('^\\d{1,4}\\.\\d{1,4}(\\.\\d{1,4}|s\\d{1,4})$');
const fromVersion = matching('^\\d{1,4}\\.(x|\\d{1,4}\\.x|\\d{1,4}(\\.\\d{1,4}|s\\d{1,4}))$');
/** A name without a directory that is the same on every file system. */
export const patchPath: object = matching('^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$');
const kind = { enum: PATCH_KINDS };

/** What is read of `custom`; newer repositories may add members. */
export const patchCustom: object = atLeast({
  kind,
  version,
  productCodes: listOf(matching('^[a-z0-9]{1,16}$'), 100),
  from: listOf(fromVersion, 100),
  requires: listOf(version, 10),
  cves: listOf(matching('^CVE-\\d{4}-\\d{4,7}$'), 100),
  severity: { enum: PATCH_SEVERITIES },
  rebootNeeded: yesOrNo,
});

/** Reads the member `custom` of a target. Codes: BAD_REQUEST. */
export const readPatchCustom = jsonReader<PatchCustom>(patchCustom);

/** The members of `up/patch`. */
export const patchMembers: Record<string, object> = {
  state: { enum: PATCH_STATES },
  reason: text(64, 1),
  detail: text(500),
  patch: atLeast({ path: patchPath, sha256: sha256Hex, kind, version }),
  received: count,
  agent: text(64),
  firmware: text(64),
  repository: atLeast({
    root: count,
    timestamp: count,
    snapshot: count,
    targets: count,
    expiresAt: timestamp,
    refreshedAt: timestamp,
  }),
};
export const PATCH_OPTIONAL = ['reason', 'detail', 'patch', 'received', 'firmware', 'repository'] as const;
