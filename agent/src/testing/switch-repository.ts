import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { Key, Metadata, MetaFile, Root, Signature, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models';
import { Role } from '@tufjs/models/dist/role.js';

// A repository of patches with a key for each role, whose files a test may make as wrong as it likes.

export const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type RoleName = (typeof ROLES)[number];
type Signer = { readonly key: Key; readonly sign: (data: Buffer) => Signature };

/** Nothing of a sample expires while a test runs. */
export const LATER = '2099-01-01T00:00:00Z';

export type TargetSample = {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly custom: Record<string, unknown>;
};

export type Publishing = {
  readonly versions?: Partial<Record<RoleName, number>>;
  readonly expires?: Partial<Record<RoleName, string>>;
  readonly targets?: Readonly<Record<string, TargetSample>>;
  /** Who signs a role instead of its own key. */
  readonly signedBy?: Partial<Record<RoleName, readonly Signer[]>>;
};

/** Makes keys, and files signed by them. */
export function createTufRepository({ threshold = 1 }: { readonly threshold?: number } = {}) {
  const signers = Object.fromEntries(
    ROLES.map((role) => [role, Array.from({ length: threshold }, createSigner)]),
  ) as Record<RoleName, Signer[]>;

  function root(version: number, { expires, signedBy, before = [] }: Publishing & { before?: readonly Signer[] } = {}) {
    const all = ROLES.flatMap((role) => signers[role].map(({ key }) => [key.keyID, key] as const));
    const roles = ROLES.map((role) => {
      const keyIDs = signers[role].map(({ key }) => key.keyID);
      return [role, new Role({ keyIDs, threshold })] as const;
    });
    const signed = new Root({
      ...{ version, specVersion: '1.0.31', expires: expires?.root ?? LATER, consistentSnapshot: true },
      ...{ keys: Object.fromEntries(all), roles: Object.fromEntries(roles) },
    });
    return text(new Metadata(signed), [...(signedBy?.root ?? signers.root), ...before]);
  }

  return {
    signers,
    createSigner,
    root,
    /** New keys for a role, in a root signed by the old and the new ones. */
    rotate(role: RoleName, version: number): string {
      const before = role === 'root' ? signers.root : [];
      signers[role] = Array.from({ length: threshold }, createSigner);
      return root(version, { before });
    },
    /** `timestamp.json`, `snapshot.json` and `targets.json`, as text. */
    publish({ versions, expires, targets = {}, signedBy }: Publishing = {}): Record<string, string> {
      const head = (role: RoleName) => ({
        ...{ version: versions?.[role] ?? 1, specVersion: '1.0.31', expires: expires?.[role] ?? LATER },
      });
      const files = Object.entries(targets).map(([path, { bytes, sha256, custom }]) => {
        const file = new TargetFile({
          path,
          length: bytes.length,
          hashes: { sha256 },
          unrecognizedFields: { custom } as never,
        });
        return [path, file] as const;
      });
      const meta = { 'targets.json': new MetaFile({ version: versions?.targets ?? 1 }) };
      const snapshotMeta = new MetaFile({ version: versions?.snapshot ?? 1 });
      const by = (role: RoleName) => signedBy?.[role] ?? signers[role];
      return {
        'targets.json': text(
          new Metadata(new Targets({ ...head('targets'), targets: Object.fromEntries(files) })),
          by('targets'),
        ),
        'snapshot.json': text(new Metadata(new Snapshot({ ...head('snapshot'), meta })), by('snapshot')),
        'timestamp.json': text(new Metadata(new Timestamp({ ...head('timestamp'), snapshotMeta })), by('timestamp')),
      };
    },
  };
}
export type TufRepository = ReturnType<typeof createTufRepository>;

function text(metadata: Metadata<Root | Timestamp | Snapshot | Targets>, signers: readonly Signer[]): string {
  for (const { sign } of signers) metadata.sign(sign);
  return JSON.stringify(metadata.toJSON());
}

function createSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyID = randomBytes(32).toString('hex');
  const key = new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: rawHex(publicKey) } });
  return { key, sign: (data) => new Signature({ keyID, sig: sign(null, data, privateKey).toString('hex') }) };
}

function rawHex(key: KeyObject): string {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
}
