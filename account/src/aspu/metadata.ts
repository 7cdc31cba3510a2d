import { type Patch, readPatchCustom, sha256Hex, toUtf8 } from '@ewon-agent/contracts';
import {
  Metadata,
  MetadataKind,
  MetaFile,
  type Root,
  Signature,
  Snapshot,
  type Targets,
  Timestamp,
} from '@tufjs/models';
import nacl from 'tweetnacl';
import type { AspuRole } from '../core/aspu-names.ts';
import type { AspuKey } from './keys.ts';

// Metadata of TUF 1.0 as @tufjs/models has it: read, signed, counted, written.

export const SPEC_VERSION = '1.0.31';

type Signed = Root | Targets | Snapshot | Timestamp;
export type RootFile = Metadata<Root>;
export type TargetsFile = Metadata<Targets>;
export type SnapshotFile = Metadata<Snapshot>;
export type TimestampFile = Metadata<Timestamp>;

/** The bytes of a file: what is hashed, and what devices read. */
export function bytesOf(file: Metadata<Signed>): Uint8Array {
  return toUtf8(JSON.stringify(file.toJSON()));
}

/** @throws when it is none: these are our own files, whose disk is broken then */
export function readRootFile(bytes: Uint8Array): RootFile {
  return Metadata.fromJSON(MetadataKind.Root, parse(bytes));
}
/** @throws as readRootFile */
export function readTargetsFile(bytes: Uint8Array): TargetsFile {
  return Metadata.fromJSON(MetadataKind.Targets, parse(bytes));
}
/** @throws as readRootFile */
export function readSnapshotFile(bytes: Uint8Array): SnapshotFile {
  return Metadata.fromJSON(MetadataKind.Snapshot, parse(bytes));
}
/** @throws as readRootFile */
export function readTimestampFile(bytes: Uint8Array): TimestampFile {
  return Metadata.fromJSON(MetadataKind.Timestamp, parse(bytes));
}

function parse(bytes: Uint8Array) {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}

/** Adds the signature of a key; the same again changes nothing, as Ed25519 has no chance in it. */
export function signWith(file: Metadata<Signed>, { key, secretKey }: AspuKey): void {
  file.sign((bytes) => {
    const sig = Buffer.from(nacl.sign.detached(bytes, secretKey)).toString('hex');
    return new Signature({ keyID: key.keyID, sig });
  });
}

/** How many keys of a role have signed a file, by the word of a root. */
export function signaturesOf(root: Root, role: AspuRole, file: Metadata<Signed>): number {
  const isGood = (keyID: string): boolean => {
    try {
      root.keys[keyID]?.verifySignature(file);
      return root.keys[keyID] !== undefined;
    } catch {
      return false; // it has not signed, or not this; which of them does not matter
    }
  };
  return new Set((root.roles[role]?.keyIDs ?? []).filter(isGood)).size;
}

/** Tells whether enough keys of a role have signed a file. */
export function isSignedFor(root: Root, role: AspuRole, file: Metadata<Signed>): boolean {
  return signaturesOf(root, role, file) >= (root.roles[role]?.threshold ?? Infinity);
}

/** How a file is named in the one above it. */
export function metaOf(file: SnapshotFile | TargetsFile): MetaFile {
  const bytes = bytesOf(file);
  return new MetaFile({ version: file.signed.version, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } });
}

type Held = { readonly version: number; readonly expires: string };

export function snapshotOf(targets: TargetsFile, { version, expires }: Held): SnapshotFile {
  const meta = { 'targets.json': metaOf(targets) };
  return new Metadata(new Snapshot({ version, specVersion: SPEC_VERSION, expires, meta }));
}

export function timestampFileOf(snapshot: SnapshotFile, { version, expires }: Held): TimestampFile {
  const snapshotMeta = metaOf(snapshot);
  return new Metadata(new Timestamp({ version, specVersion: SPEC_VERSION, expires, snapshotMeta }));
}

/** The patches that a file of targets names; what is described in another way is none. */
export function patchesOf(targets: Targets): readonly Patch[] {
  return Object.values(targets.targets).flatMap(({ path, length, hashes, custom }) => {
    const read = readPatchCustom(toUtf8(JSON.stringify(custom)));
    const sha256 = hashes['sha256'];
    return read.ok && sha256 !== undefined ? [{ path, length, sha256, custom: read.value }] : [];
  });
}
