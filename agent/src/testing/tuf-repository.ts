import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DAY_MS, type Millis, type PatchCustom, sha256Hex } from '@ewon-agent/contracts';
import { Metadata, MetadataKind, Signature } from '@tufjs/models';
import { TUF_ROLES, type TufRole } from '../core/tuf-refusal.ts';

// A repository of patches for tests, in memory, that can be made well and in any bad way: each file can be made with another
// version, expiry, content or by other keys than it should be.

export type RepoKey = { readonly id: string; readonly public: string; readonly secret: KeyObject };
/** How a file differs from what it should be. */
export type Crooked = {
  readonly version?: number;
  readonly expiresMs?: Millis;
  /** Who signs; the keys of the role unless told. */
  readonly by?: readonly RepoKey[];
  /** Members of `signed` that are other than they should be. */
  readonly signed?: object;
};
export type TestRepository = ReturnType<typeof makeTufRepository>;

/** A patch that is one. */
export const PATCH_CUSTOM: PatchCustom = {
  ...{ kind: 'ewon-firmware', version: '15.0s2', productCodes: ['21'], from: ['14.x'], requires: [], cves: [] },
  ...{ severity: 'high', rebootNeeded: true },
};

/** What stands before the seed of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a key; from a seed the same one each time. */
export function repoKey(seed?: number): RepoKey {
  const bytes = seed === undefined ? randomBytes(32) : Buffer.alloc(32, seed);
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, bytes]), format: 'der', type: 'pkcs8' });
  const hex = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  return { id: sha256Hex(Buffer.from(hex)), public: hex, secret };
}

/** Makes a repository with one patch in it, published once. Root: two of three keys; each other role: one of one. */
export function makeTufRepository({ nowMs = Date.now(), isConsistent = true } = {}) {
  const files = new Map<string, Buffer>();
  const targets = new Map<string, { readonly bytes: Buffer; readonly custom: unknown }>();
  const keys: Record<TufRole, RepoKey[]> = {
    root: [repoKey(), repoKey(), repoKey()],
    timestamp: [repoKey()],
    snapshot: [repoKey()],
    targets: [repoKey()],
  };
  const thresholds: Record<TufRole, number> = { root: 2, timestamp: 1, snapshot: 1, targets: 1 };
  const versions: Record<TufRole, number> = { root: 0, timestamp: 0, snapshot: 0, targets: 0 };
  const lifeMs: Record<TufRole, Millis> = {
    ...{ root: 365 * DAY_MS, timestamp: 7 * DAY_MS, snapshot: 30 * DAY_MS, targets: 90 * DAY_MS },
  };
  const now = { ms: nowMs };

  const contentOf = (role: TufRole): object => {
    const at = (name: string) => files.get(`${name}`) ?? Buffer.alloc(0);
    const metaOf = (of: TufRole) => {
      const bytes = at(isConsistent ? `${versions[of]}.${of}.json` : `${of}.json`);
      return { version: versions[of], length: bytes.length, hashes: { sha256: sha256Hex(bytes) } };
    };
    switch (role) {
      case 'root': {
        const all = TUF_ROLES.flatMap((name) => keys[name]);
        const key = ({ id, public: hex }: RepoKey) => [
          id,
          { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } },
        ];
        const roleOf = (name: TufRole) => [
          name,
          { keyids: keys[name].map(({ id }) => id), threshold: thresholds[name] },
        ];
        return {
          consistent_snapshot: isConsistent,
          keys: Object.fromEntries(all.map(key)),
          roles: Object.fromEntries(TUF_ROLES.map(roleOf)),
        };
      }
      case 'timestamp':
        return { meta: { 'snapshot.json': metaOf('snapshot') } };
      case 'snapshot':
        return { meta: { 'targets.json': metaOf('targets') } };
      default: {
        const target = ([name, { bytes, custom }]: [string, { bytes: Buffer; custom: unknown }]) => [
          name,
          { length: bytes.length, hashes: { sha256: sha256Hex(bytes) }, custom },
        ];
        return { targets: Object.fromEntries([...targets].map(target)) };
      }
    }
  };
  /** A file of a role, of its present version unless told otherwise. */
  const make = (role: TufRole, { version, expiresMs, by, signed }: Crooked = {}): Buffer => {
    const expires = new Date(expiresMs ?? now.ms + lifeMs[role]).toISOString().replace(/\.\d+Z$/, 'Z');
    const content = { _type: role, spec_version: '1.0.31', version: version ?? versions[role], expires };
    const metadata = Metadata.fromJSON(KIND[role] as MetadataKind.Root, {
      signed: { ...content, ...contentOf(role), ...signed } as never,
      signatures: [],
    });
    for (const { id, secret } of by ?? keys[role])
      metadata.sign((bytes) => new Signature({ keyID: id, sig: sign(null, bytes, secret).toString('hex') }));
    return Buffer.from(JSON.stringify(metadata.toJSON()));
  };
  const write = (path: string, bytes: Buffer | string) => void files.set(path, Buffer.from(bytes));
  /** Publishes the next version of a role, or the one that is told. */
  const publish = (role: TufRole, crooked: Crooked = {}): void => {
    versions[role] = crooked.version ?? versions[role] + 1;
    const bytes = make(role, crooked);
    const isNumbered = role === 'root' || (isConsistent && role !== 'timestamp');
    write(`${isNumbered ? `${versions[role]}.` : ''}${role}.json`, bytes);
  };

  const repo = {
    ...{ files, targets, keys, thresholds, versions, lifeMs, now, make, write, publish },
    /** Adds a target; it is offered when the repository is published next. */
    put(name: string, bytes: Buffer, custom: unknown = PATCH_CUSTOM): void {
      targets.set(name, { bytes, custom });
      write(isConsistent ? `targets/${sha256Hex(bytes)}.${name}` : `targets/${name}`, bytes);
    },
    publishAll(): void {
      for (const role of ['targets', 'snapshot', 'timestamp'] as const) publish(role);
    },
    /** Publishes a root that names other keys for a role; a new root is signed by the old keys as well. */
    rotate(...roles: TufRole[]): void {
      const before = keys.root;
      for (const role of roles) keys[role] = keys[role].map(() => repoKey());
      publish('root', { by: roles.includes('root') ? [...before, ...keys.root] : before });
    },
    /** SHA-256 of the first root, which the account names. */
    firstRoot: () => sha256Hex(files.get('1.root.json') ?? Buffer.alloc(0)),
    /** Writes it to a directory, as to a card. */
    writeTo(dir: string): void {
      for (const [path, bytes] of files) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), bytes);
      }
    },
  };
  publish('root');
  repo.put('firmware-15.0s2.bin', Buffer.from('a firmware, as it were'));
  repo.publishAll();
  return repo;
}

const KIND = {
  root: MetadataKind.Root,
  timestamp: MetadataKind.Timestamp,
  snapshot: MetadataKind.Snapshot,
  targets: MetadataKind.Targets,
} as const;
