import { join } from 'node:path';
import type { Millis } from '@ewon-agent/contracts';
import { lockFolder } from '../adapters/state-lock.ts';
import { metadataFile, parseMetadataFile, TARGETS_FOLDER, TIMESTAMP_FILE } from '../core/aspu-names.ts';
import { type OnStep, openShelf, type Shelf } from './files.ts';
import {
  type RootFile,
  readRootFile,
  readSnapshotFile,
  readTargetsFile,
  readTimestampFile,
  type SnapshotFile,
  type TargetsFile,
  type TimestampFile,
} from './metadata.ts';
import type { OnlineKeys } from './online-keys.ts';

// The repository of patches in a state directory: `aspu` is what devices read, `aspu-draft` what becomes it.
//
//   aspu/1.root.json …        every root there ever was: a device goes from the one it knows to the last
//   aspu/timestamp.json       names the snapshot, that names the targets; written last, so it decides
//   aspu/N.snapshot.json, aspu/N.targets.json, aspu/targets/HASH.NAME
//   aspu-draft/N.root.json    roots to come, one or two (see rotate.ts), each with the signatures it has so far
//   aspu-draft/targets.json   targets to come; aspu-draft/targets/HASH.NAME patches that are new in it
//   aspu-draft/online-keys.json   the keys of snapshot and timestamp, sealed

/** Folder of the published tree in a state directory. */
export const ASPU_FOLDER = 'aspu';
/** Folder of what is drafted. */
export const ASPU_DRAFT_FOLDER = 'aspu-draft';

/** Folder below the draft where files are copied to that will be patches. */
export const INCOMING_FOLDER = 'incoming';

/** What is done to a repository is done with these. */
export type AspuDesk = {
  readonly tree: Shelf;
  readonly draft: Shelf;
  readonly keys: OnlineKeys;
  readonly nowMs: Millis;
};

/** The shelves of a state directory; nothing is made yet. */
export function aspuShelves(stateDir: string, onStep?: OnStep): Pick<AspuDesk, 'tree' | 'draft'> {
  return {
    tree: openShelf(join(stateDir, ASPU_FOLDER), onStep),
    draft: openShelf(join(stateDir, ASPU_DRAFT_FOLDER), onStep),
  };
}

/**
 * Does something to a repository while nobody else does, and before it takes away what was interrupted.
 * @param waitMs how long to wait, standing still, for who is at it
 * @throws an error with the code CONFLICT when somebody else is at it
 */
export function alone<T>({ tree, draft }: Pick<AspuDesk, 'tree' | 'draft'>, waitMs: Millis, work: () => T): T {
  const unlock = lockFolder(draft.folder, { waitMs, code: 'CONFLICT' });
  try {
    for (const below of ['', TARGETS_FOLDER]) {
      tree.sweep(below);
      draft.sweep(below);
    }
    return work();
  } finally {
    unlock();
  }
}

/** What devices can read now. */
export type Published = {
  readonly root: RootFile;
  readonly targets: TargetsFile;
  readonly snapshot: SnapshotFile;
  readonly timestamp: TimestampFile;
};

/** Reads what is published; undefined before the first time, which ends with the first root. */
export function readPublished(tree: Shelf): Published | undefined {
  const root = lastRoot(tree);
  const stamped = tree.read(TIMESTAMP_FILE);
  if (!root || !stamped) return undefined;
  const timestamp = readTimestampFile(stamped);
  const snapshot = readSnapshotFile(mustRead(tree, metadataFile('snapshot', timestamp.signed.snapshotMeta.version)));
  const version = snapshot.signed.meta['targets.json']?.version ?? 0;
  const targets = readTargetsFile(mustRead(tree, metadataFile('targets', version)));
  return { root, targets, snapshot, timestamp };
}

/** The bytes of the first root, by whose hash a device knows the repository. */
export function firstRoot(tree: Shelf): Uint8Array | undefined {
  return tree.read(metadataFile('root', 1));
}

function lastRoot(tree: Shelf): RootFile | undefined {
  let last: Uint8Array | undefined;
  for (let version = 1; ; version++) {
    const next = tree.read(metadataFile('root', version));
    if (!next) return last && readRootFile(last);
    last = next;
  }
}

function mustRead(tree: Shelf, name: string): Uint8Array {
  const bytes = tree.read(name);
  if (!bytes) throw new Error(`${join(tree.folder, name)} is missing; take it from a backup`);
  return bytes;
}

/** What is to come. */
export type Drafts = {
  /** In the order in which devices will take them. */
  readonly roots: readonly RootFile[];
  readonly targets: TargetsFile | undefined;
};

export const TARGETS_DRAFT = 'targets.json';

/** Reads what is drafted; what an interrupted `publish` has published already is left out. */
export function readDrafts(draft: Shelf, published: Published | undefined): Drafts {
  const roots = draftedRoots(draft)
    .filter((version) => version > (published?.root.signed.version ?? 0))
    .map((version) => readRootFile(mustRead(draft, metadataFile('root', version))));
  const bytes = draft.read(TARGETS_DRAFT);
  const targets = bytes && readTargetsFile(bytes);
  const isOut = targets !== undefined && published?.targets.signed.version === targets.signed.version;
  return { roots, targets: isOut ? undefined : targets };
}

/** Versions of the roots that lie in the folder, in their order. */
export function draftedRoots(draft: Shelf): readonly number[] {
  const versions = draft.names().flatMap((name) => {
    const read = parseMetadataFile(name);
    return read?.role === 'root' ? [read.version] : [];
  });
  return versions.toSorted((a, b) => a - b);
}
