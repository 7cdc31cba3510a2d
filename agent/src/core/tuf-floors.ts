import type { TufRefusal } from './tuf-refusal.ts';

// The least versions that are accepted, kept apart from the metadata that says them: when that is damaged, an attacker must not
// begin at zero. A floor holds as long as the file that it came from would still be signed well enough; after the root has rotated
// those keys it holds no more, which is how a repository recovers from a fast-forward attack (TUF 5.3.11).

/** A role of the root: who may sign, and how many must. */
export type RoleKeys = { readonly keyIds: readonly string[]; readonly threshold: number };
export type FloorKeys = { readonly timestamp: RoleKeys; readonly snapshot: RoleKeys };

type Signed = { readonly version: number; readonly signedBy: readonly string[] };
/** Versions that were trusted once. */
export type TufFloors = {
  readonly root: number;
  /** `snapshot` is the version of the snapshot that it names. */
  readonly timestamp?: Signed & { readonly snapshot: number };
  /** `meta` are the versions of the files that it names. */
  readonly snapshot?: Signed & { readonly meta: Readonly<Record<string, number>> };
};

export const NO_FLOORS: TufFloors = { root: 0 };

/** Tells why a timestamp is below the floor, if it is. */
export function timestampBelow(
  { timestamp: floor }: TufFloors,
  keys: FloorKeys,
  found: { readonly version: number; readonly snapshot: number },
): TufRefusal | undefined {
  if (!floor || !holds(floor, keys.timestamp)) return undefined;
  const older = (what: string, version: number, trusted: number) =>
    version < trusted ? ({ file: 'timestamp.json', found: 'older', what, version, trusted } as const) : undefined;
  return (
    older('it', found.version, floor.version) ?? older('the snapshot that it names', found.snapshot, floor.snapshot)
  );
}

/** Tells why a snapshot is below the floor, if it is: one of its files is older, or gone. */
export function snapshotBelow(
  { snapshot: floor }: TufFloors,
  keys: FloorKeys,
  meta: Readonly<Record<string, number>>,
): TufRefusal | undefined {
  if (!floor || !holds(floor, keys.snapshot)) return undefined;
  for (const [what, trusted] of Object.entries(floor.meta)) {
    const version = Object.hasOwn(meta, what) ? meta[what] : undefined;
    if (version === undefined) return { file: 'snapshot.json', found: 'dropped', what };
    if (version < trusted) return { file: 'snapshot.json', found: 'older', what, version, trusted };
  }
  return undefined;
}

function holds({ signedBy }: Signed, { keyIds, threshold }: RoleKeys): boolean {
  return signedBy.filter((id) => keyIds.includes(id)).length >= threshold;
}
