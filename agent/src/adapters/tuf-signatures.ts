import type { Metadata, Root, Snapshot, Targets, Timestamp } from '@tufjs/models';
import type { RoleKeys } from '../core/tuf-floors.ts';
import type { TufRole } from '../core/tuf-refusal.ts';

export type SignedFile = Metadata<Root> | Metadata<Timestamp> | Metadata<Snapshot> | Metadata<Targets>;

/** The keys of a role of the root, each once. */
export function keysOf(root: Metadata<Root>, role: TufRole): RoleKeys {
  const { keyIDs = [], threshold = 1 } = root.signed.roles[role] ?? {};
  return { keyIds: [...new Set(keyIDs)], threshold };
}

/** The ids of the keys of a role that have signed a file well. */
export function signersOf(root: Metadata<Root>, role: TufRole, file: SignedFile): string[] {
  return keysOf(root, role).keyIds.filter((id) => {
    try {
      root.signed.keys[id]?.verifySignature(file);
      return root.signed.keys[id] !== undefined;
    } catch {
      return false; // there is none by this key, or a wrong one: both count for nothing
    }
  });
}
