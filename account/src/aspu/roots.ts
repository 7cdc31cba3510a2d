import { type Millis, toUtf8 } from '@ewon-agent/contracts';
import type { Root } from '@tufjs/models';
import { ASPU_ROLES, type AspuRole } from '../core/aspu-names.ts';
import { expiryOf, ROLE_VALID_MS } from '../core/aspu-times.ts';
import type { AspuKey } from './keys.ts';
import { type RootFile, readRootFile, SPEC_VERSION } from './metadata.ts';

/** Which keys sign a role, and how many of them. */
export type RoleKeys = { readonly keys: readonly AspuKey['key'][]; readonly threshold: number };
export type Keyring = Readonly<Record<AspuRole, RoleKeys>>;

/** The keys that a root names. */
export function keyringOf(root: Root): Keyring {
  const of = (role: AspuRole): RoleKeys => {
    const { keyIDs = [], threshold = 1 } = root.roles[role] ?? {};
    return { keys: keyIDs.flatMap((keyID) => root.keys[keyID] ?? []), threshold };
  };
  return { root: of('root'), targets: of('targets'), snapshot: of('snapshot'), timestamp: of('timestamp') };
}

function rootOf(keyring: Keyring, version: number, nowMs: Millis): RootFile {
  const keys = ASPU_ROLES.flatMap((role) => keyring[role].keys.map((key) => [key.keyID, key.toJSON()] as const));
  const roles = ASPU_ROLES.map((role) => {
    const keyids = keyring[role].keys.map(({ keyID }) => keyID);
    return [role, { keyids, threshold: keyring[role].threshold }] as const;
  });
  return readRootFile(
    toUtf8(
      JSON.stringify({
        signatures: [],
        signed: {
          ...{ _type: 'root', spec_version: SPEC_VERSION, version, consistent_snapshot: true },
          expires: expiryOf(nowMs + ROLE_VALID_MS.root),
          ...{ keys: Object.fromEntries(keys), roles: Object.fromEntries(roles) },
        },
      }),
    ),
  );
}

/**
 * The roots by which devices come from one keyring to another. Where the keys of the patches change there is one between, which
 * takes both: while it counts, files signed by the old keys are good and files signed by the new ones are, so that there is no
 * moment at which a device that reads is refused.
 */
export function rootsTo(wanted: Keyring, present: Root | undefined, nowMs: Millis): readonly RootFile[] {
  const version = (present?.version ?? 0) + 1;
  if (!present) return [rootOf(wanted, version, nowMs)];
  const before = keyringOf(present);
  if (hasSameKeys(before.targets, wanted.targets)) return [rootOf(wanted, version, nowMs)];
  const both = (role: AspuRole): RoleKeys => ({
    keys: [...before[role].keys, ...wanted[role].keys.filter((key) => !hasKey(before[role], key.keyID))],
    threshold: before[role].threshold,
  });
  const between = { ...wanted, targets: both('targets'), snapshot: both('snapshot'), timestamp: both('timestamp') };
  return [rootOf(between, version, nowMs), rootOf(wanted, version + 1, nowMs)];
}

/** Tells whether no key of a role is left. */
export function isRenewed(role: AspuRole, before: Root, after: Root): boolean {
  return !after.roles[role]?.keyIDs.some((keyID) => before.roles[role]?.keyIDs.includes(keyID));
}

function hasKey({ keys }: RoleKeys, keyID: string): boolean {
  return keys.some((key) => key.keyID === keyID);
}

function hasSameKeys(a: RoleKeys, b: RoleKeys): boolean {
  return a.keys.length === b.keys.length && a.keys.every(({ keyID }) => hasKey(b, keyID));
}
