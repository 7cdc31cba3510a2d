import { err, type Millis, ok, type Result } from '@ewon-agent/contracts';
import type { Root } from '@tufjs/models';
import { metadataFile, TIMESTAMP_FILE } from '../core/aspu-names.ts';
import { expiryOf, isDue, isFastForwarded, nextFileVersion, ROLE_VALID_MS } from '../core/aspu-times.ts';
import type { Shelf } from './files.ts';
import {
  bytesOf,
  isSignedFor,
  type SnapshotFile,
  signWith,
  snapshotOf,
  type TargetsFile,
  type TimestampFile,
  timestampFileOf,
} from './metadata.ts';
import { type AspuDesk, type Published, readPublished } from './repository.ts';

// Snapshot and timestamp: what the server signs by itself.

export type OnlineFiles = { readonly snapshot: SnapshotFile; readonly timestamp: TimestampFile };

/** @param until when snapshot and timestamp expire, where not as usual */
type Order = {
  readonly targets: TargetsFile;
  /** The roots that a device may hold meanwhile; the last is the one that counts. */
  readonly roots: readonly Root[];
  /** What the versions go on from. */
  readonly before: OnlineFiles | undefined;
  /** The snapshot, where it stays. */
  readonly snapshot?: SnapshotFile;
};

/** Makes snapshot and timestamp, and writes nothing. Codes: ASPU_UNSIGNED when the keys are not here. */
export function signOnline(desk: AspuDesk, { targets, roots, before, snapshot: kept }: Order): Result<OnlineFiles> {
  const snapshot = kept ?? newSnapshot(desk, targets, before, desk.nowMs + ROLE_VALID_MS.snapshot);
  const timestamp = timestampFileOf(snapshot, {
    version: nextFileVersion(before?.timestamp.signed.version, desk.nowMs),
    expires: expiryOf(desk.nowMs + ROLE_VALID_MS.timestamp),
  });
  return signBoth(desk, roots, { snapshot, timestamp });
}

/** A snapshot with a number that no file has yet. */
export function newSnapshot(
  { tree, nowMs }: AspuDesk,
  targets: TargetsFile,
  before: OnlineFiles | undefined,
  expiresMs: number,
): SnapshotFile {
  let version = nextFileVersion(before?.snapshot.signed.version, nowMs);
  while (tree.has(metadataFile('snapshot', version))) version++;
  return snapshotOf(targets, { version, expires: expiryOf(expiresMs) });
}

/** Signs with all keys that these roots name. The timestamp must be made after the snapshot is signed, because it has its hash. */
export function signBoth(desk: AspuDesk, roots: readonly Root[], files: OnlineFiles): Result<OnlineFiles> {
  const last = roots.at(-1);
  const { snapshot } = files;
  if (!last) return err('ASPU_NONE');
  for (const made of desk.keys.of('snapshot', roots)) signWith(snapshot, made);
  const { version, expires } = files.timestamp.signed;
  const timestamp = timestampFileOf(snapshot, { version, expires });
  for (const made of desk.keys.of('timestamp', roots)) signWith(timestamp, made);
  if (!isSignedFor(last, 'snapshot', snapshot)) return err('ASPU_UNSIGNED', 'the key of the snapshot is not here');
  if (!isSignedFor(last, 'timestamp', timestamp)) return err('ASPU_UNSIGNED', 'the key of the timestamp is not here');
  return ok({ snapshot, timestamp });
}

/** Writes both, the timestamp last. */
export function placeTimestamp(tree: Shelf, { snapshot, timestamp }: OnlineFiles): void {
  const name = metadataFile('snapshot', snapshot.signed.version);
  if (!tree.has(name)) tree.write(name, bytesOf(snapshot));
  tree.write(TIMESTAMP_FILE, bytesOf(timestamp));
}

/**
 * Tells whether versions begin anew: somebody has run them forward, and the keys of both roles are others now, so that devices
 * forget what they have seen of them (TUF 1.0 §5.3.11).
 */
export function beginsAnew({ snapshot, timestamp }: OnlineFiles, next: Root, nowMs: Millis): boolean {
  const isRunForward = [snapshot, timestamp].some(({ signed }) => isFastForwarded(signed.version, nowMs));
  return isRunForward && !isSignedFor(next, 'snapshot', snapshot) && !isSignedFor(next, 'timestamp', timestamp);
}

/**
 * Signs snapshot and timestamp anew when it is time, or when the present root does not know who has signed them, as after a
 * crash between. Must be called within `alone`. Codes: ASPU_UNSIGNED.
 * @returns what is published, undefined when nothing is
 */
export function refresh(desk: AspuDesk): Result<Published | undefined> {
  const before = readPublished(desk.tree);
  if (!before) return ok(undefined);
  const { root, targets, snapshot, timestamp } = before;
  const isGood = (role: 'snapshot' | 'timestamp', file: SnapshotFile | TimestampFile) =>
    isSignedFor(root.signed, role, file) && !isDue(role, Date.parse(file.signed.expires), desk.nowMs);
  const isSnapshotGood = isGood('snapshot', snapshot);
  if (isSnapshotGood && isGood('timestamp', timestamp)) return ok(before);
  const floor = beginsAnew(before, root.signed, desk.nowMs) ? undefined : before;
  const signed = signOnline(desk, {
    targets,
    roots: [root.signed],
    before: floor,
    ...(isSnapshotGood && { snapshot }),
  });
  if (!signed.ok) return signed;
  placeTimestamp(desk.tree, signed.value);
  return ok({ root, targets, ...signed.value });
}

/**
 * Signs snapshot and timestamp anew, whatever is left of them: their versions become the time, which is above all that was served
 * before. For a repository that comes from a backup. Must be called within `alone`. Codes: ASPU_UNSIGNED.
 */
export function renumber(desk: AspuDesk): Result<Published | undefined> {
  const before = readPublished(desk.tree);
  if (!before) return ok(undefined);
  const { root, targets } = before;
  const signed = signOnline(desk, { targets, roots: [root.signed], before });
  if (!signed.ok) return signed;
  placeTimestamp(desk.tree, signed.value);
  return ok({ root, targets, ...signed.value });
}
