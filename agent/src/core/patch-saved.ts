import {
  err,
  jsonReader,
  ok,
  type Patch,
  patchCustom,
  patchPath,
  type RepositoryRead,
  type Result,
  type Timestamp,
  toUtf8,
} from '@ewon-agent/contracts';

// What survives a restart of what is known about patches. The trusted metadata is the repository's own (see its adapter).

/** How often a patch was begun. */
export type Tries = { readonly sha256: string; readonly path: string; readonly times: number };
/** How the last installation ended. */
export type LastPatch = {
  readonly ended: 'installed' | 'failed';
  readonly patch: Patch;
  readonly at: Timestamp;
  /** Why it failed. */
  readonly reason?: string;
  readonly detail?: string;
};
export type SavedPatch = {
  /** As which device what follows was known. */
  readonly deviceId?: string;
  readonly read?: RepositoryRead;
  /** Names that were let through by the command `patch`. */
  readonly released: readonly string[];
  /** The hash to which a person said yes. */
  readonly confirmed?: string;
  /** The one that a person at the device wants now, whatever the window says. */
  readonly urged?: { readonly sha256: string; readonly until: Timestamp };
  /** A person at the device has put one off. `first`: the time at which it was first. */
  readonly deferred?: { readonly sha256: string; readonly first: Timestamp; readonly until: Timestamp };
  readonly tries: readonly Tries[];
  /** It is on the disk, whole and verified. */
  readonly staged?: { readonly patch: Patch; readonly file: string };
  /** It was begun. `restarting`: how it ends is known after the next start of the agent. `resumed`: starts that found it so. */
  readonly installing?: {
    readonly patch: Patch;
    readonly file: string;
    readonly restarting: boolean;
    readonly resumed: number;
  };
  readonly last?: LastPatch;
};

export const NO_PATCH_SAVED: SavedPatch = { released: [], tries: [] };
/** Names and tries that are kept, the newest. */
export const KEPT_MAX = 20;

/** Writes what is to survive. */
export function savedPatchText(saved: SavedPatch): string {
  return JSON.stringify({ v: 1, ...saved });
}

/** Reads it back. Codes: PATCH_SAVED_DAMAGED. */
export function readSavedPatch(text: string | undefined): Result<SavedPatch> {
  if (text === undefined) return ok(NO_PATCH_SAVED);
  const read = readDocument(toUtf8(text));
  if (!read.ok) return err('PATCH_SAVED_DAMAGED', read.fault.detail);
  const { v: _, ...saved } = read.value;
  return ok(saved);
}

const text = (maxLength: number) => ({ type: 'string', maxLength });
const number = { type: 'number', minimum: 0 };
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });
const listOf = (items: object, maxItems: number) => ({ type: 'array', items, maxItems });
const patch = object(['path', 'length', 'sha256', 'custom'], {
  path: patchPath,
  length: number,
  sha256: text(64),
  custom: patchCustom,
});
const held = object(['root', 'timestamp', 'snapshot', 'targets', 'expiresAt', 'refreshedAt'], {
  ...{ root: number, timestamp: number, snapshot: number, targets: number },
  ...{ expiresAt: text(40), refreshedAt: text(40) },
});
/** A repository may offer more; a device keeps so many of those that are for it in some way. */
export const PATCHES_MAX = 200;
const readDocument = jsonReader<SavedPatch & { readonly v: 1 }>(
  object(['v', 'released', 'tries'], {
    v: { const: 1 },
    deviceId: text(64),
    read: object(['held', 'patches'], { held, patches: listOf(patch, PATCHES_MAX) }),
    released: listOf(patchPath, KEPT_MAX),
    confirmed: text(64),
    urged: object(['sha256', 'until'], { sha256: text(64), until: text(40) }),
    deferred: object(['sha256', 'first', 'until'], { sha256: text(64), first: text(40), until: text(40) }),
    tries: listOf(object(['sha256', 'path', 'times'], { sha256: text(64), path: patchPath, times: number }), KEPT_MAX),
    staged: object(['patch', 'file'], { patch, file: text(4096) }),
    installing: object(['patch', 'file', 'restarting', 'resumed'], {
      ...{ file: text(4096), restarting: { type: 'boolean' }, resumed: number },
      patch,
    }),
    last: object(['ended', 'patch', 'at'], {
      ...{ ended: { enum: ['installed', 'failed'] }, at: text(40), reason: text(64), detail: text(500) },
      patch,
    }),
  }),
);
