import { Metadata, MetadataKind, type Root, type Snapshot } from '@tufjs/models';
import { LengthOrHashMismatchError, UnsignedMetadataError } from '@tufjs/models/dist/error.js';
import { BadVersionError, RepositoryError } from 'tuf-js/dist/error.js';
import type { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import { snapshotBelow, type TufFloors, timestampBelow } from '../core/tuf-floors.ts';
import type { TufRefusal, TufRole } from '../core/tuf-refusal.ts';
import { keysOf, type SignedFile, signersOf } from './tuf-signatures.ts';

// What was wrong with a file that the store of tuf-js refused: told by the class of its error and by looking at the file again,
// never by the text of the error.

export type Refused = {
  readonly store: TrustedMetadataStore;
  /** `targets` also for roles that it delegates to. */
  readonly role: TufRole;
  /** Its name as it was fetched. */
  readonly file: string;
  readonly bytes: Buffer;
  readonly error: unknown;
  /** What was trusted before it. */
  readonly previous: TufFloors;
};

/** Says what was found wrong. */
export function refusalOf(refused: Refused): TufRefusal {
  const { role, file, bytes, error, store } = refused;
  if (error instanceof LengthOrHashMismatchError)
    return { file, found: 'other', what: 'not of the length and hash that were signed' };
  const read = parsed(role, bytes);
  if (!read) return { file, found: 'malformed', what: `no metadata of the role ${role}` };
  if (error instanceof UnsignedMetadataError)
    return { file, found: 'signatures', ...signatures(store.root, role, read) };
  if (error instanceof BadVersionError || error instanceof RepositoryError)
    return versionRefusal(refused, read) ?? { file, found: 'malformed', what: 'it does not name what it has to' };
  return { file, found: 'malformed', what: `no metadata of the role ${role} that can be judged` };
}

/** Reads a file; undefined when it is none of the role. */
export function parsed(role: TufRole, bytes: Buffer): SignedFile | undefined {
  try {
    const json = JSON.parse(bytes.toString('utf8'));
    switch (role) {
      case 'root':
        return Metadata.fromJSON(MetadataKind.Root, json);
      case 'timestamp':
        return Metadata.fromJSON(MetadataKind.Timestamp, json);
      case 'snapshot':
        return Metadata.fromJSON(MetadataKind.Snapshot, json);
      default:
        return Metadata.fromJSON(MetadataKind.Targets, json);
    }
  } catch {
    return undefined; // the caller says that it is malformed
  }
}

/** The versions of the files that a snapshot names. */
export function metaOf({ signed }: Metadata<Snapshot>): Record<string, number> {
  return Object.fromEntries(Object.entries(signed.meta).map(([name, { version }]) => [name, version]));
}

/** What is trusted now, as floors for what comes next. */
export function floorsOf({ root, timestamp, snapshot }: TrustedMetadataStore): TufFloors {
  return {
    root: root.signed.version,
    ...(timestamp
      ? {
          timestamp: {
            version: timestamp.signed.version,
            snapshot: timestamp.signed.snapshotMeta.version,
            signedBy: signersOf(root, 'timestamp', timestamp),
          },
        }
      : {}),
    ...(snapshot
      ? {
          snapshot: {
            version: snapshot.signed.version,
            meta: metaOf(snapshot),
            signedBy: signersOf(root, 'snapshot', snapshot),
          },
        }
      : {}),
  };
}

/** A new root needs the keys of the one before it, and its own: those of which too few have signed are told. */
function signatures(root: Metadata<Root>, role: TufRole, read: SignedFile) {
  const asked = { by: `root ${root.signed.version}`, needed: keysOf(root, role).threshold };
  const good = signersOf(root, role, read).length;
  if (good < asked.needed || !isRoot(read)) return { ...asked, good };
  return { by: 'it itself', needed: keysOf(read, 'root').threshold, good: signersOf(read, 'root', read).length };
}

function versionRefusal({ store, role, file, previous }: Refused, read: SignedFile): TufRefusal | undefined {
  const { version } = read.signed;
  const keys = { timestamp: keysOf(store.root, 'timestamp'), snapshot: keysOf(store.root, 'snapshot') };
  const mixed = (named: number | undefined): TufRefusal | undefined =>
    named === undefined || named === version
      ? undefined
      : { file, found: 'other', what: `version ${version}, and ${named} was signed` };
  const renamed = (refusal: TufRefusal | undefined) => refusal && { ...refusal, file };
  if (role === 'root') {
    const trusted = store.root.signed.version;
    return version <= trusted ? { file, found: 'older', what: 'it', version, trusted } : mixed(trusted + 1);
  }
  if (role === 'timestamp' && isTimestamp(read))
    return renamed(timestampBelow(previous, keys, { version, snapshot: read.signed.snapshotMeta.version }));
  if (role === 'snapshot' && isSnapshot(read))
    return renamed(snapshotBelow(previous, keys, metaOf(read))) ?? mixed(store.timestamp?.signed.snapshotMeta.version);
  return mixed(store.snapshot?.signed.meta['targets.json']?.version);
}

function isRoot(file: SignedFile): file is Metadata<Root> {
  return file.signed.type === MetadataKind.Root;
}

function isTimestamp(file: SignedFile): file is Extract<SignedFile, { signed: { type: MetadataKind.Timestamp } }> {
  return file.signed.type === MetadataKind.Timestamp;
}

function isSnapshot(file: SignedFile): file is Metadata<Snapshot> {
  return file.signed.type === MetadataKind.Snapshot;
}
