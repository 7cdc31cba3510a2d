import { join } from 'node:path';
import { err, type Millis, ok, type Result } from '@ewon-agent/contracts';
import {
  metadataFile,
  parseMetadataFile,
  parseTargetFile,
  TARGETS_FOLDER,
  TIMESTAMP_FILE,
  targetFile,
} from '../core/aspu-names.ts';
import { expiryOf, nextFileVersion, ROLE_VALID_MS } from '../core/aspu-times.ts';
import { openShelf, type Shelf } from './files.ts';
import { bytesOf, patchesOf, type TimestampFile, timestampFileOf } from './metadata.ts';
import { newSnapshot, placeTimestamp, signBoth } from './online.ts';
import { type AspuDesk, type Published, readPublished } from './repository.ts';
import { takeFile } from './take-file.ts';

/** What a card gets: the tree as it is published, and a timestamp of its own. */
export type CardOrder = {
  readonly published: Published;
  readonly timestamp: TimestampFile;
  /** The first of its roles expires then. */
  readonly expiresMs: Millis;
};

/**
 * Signs a timestamp for a card, and the next one for who reads here. Must be called within `alone`. Codes: ASPU_NONE, ASPU_UNSIGNED.
 *
 * The card's has the next number, and what is published here at once the one after it: a device that has seen the repository
 * before takes the card for newer, and one that has seen the card takes the repository for newer. Both name one snapshot,
 * which holds as long as the card shall.
 */
export function signForCard(desk: AspuDesk, validMs: Millis): Result<CardOrder> {
  const before = readPublished(desk.tree);
  if (!before) return err('ASPU_NONE', 'nothing is published yet');
  const { root, targets } = before;
  const untilMs = desk.nowMs + validMs;
  const lasts = Date.parse(before.snapshot.signed.expires) >= untilMs;
  const snapshot = lasts ? before.snapshot : newSnapshot(desk, targets, before, untilMs);
  const version = nextFileVersion(before.timestamp.signed.version, desk.nowMs);
  const stamp = (number: number, expires: string) => timestampFileOf(snapshot, { version: number, expires });
  const forCard = stamp(version, expiryOf(untilMs));
  const card = signBoth(desk, [root.signed], { snapshot, timestamp: forCard });
  if (!card.ok) return card;
  const forHere = stamp(version + 1, expiryOf(desk.nowMs + ROLE_VALID_MS.timestamp));
  const here = signBoth(desk, [root.signed], { snapshot, timestamp: forHere });
  if (!here.ok) return here;
  placeTimestamp(desk.tree, here.value);
  const expiresMs = Math.min(untilMs, ...[root, targets].map(({ signed }) => Date.parse(signed.expires)));
  return ok({ published: { ...before, ...here.value }, timestamp: card.value.timestamp, expiresMs });
}

/**
 * Writes the tree into the folder `aspu` of a card, the timestamp last: a card that is pulled before holds what it held, or
 * nothing that a device would take for new. What was there of an older repository is taken away at the end.
 * @param onBytes told how many bytes of all patches are done
 * @throws what the file system says
 */
export async function writeCard(
  tree: Shelf,
  { published, timestamp }: CardOrder,
  folder: string,
  onBytes: (done: number, all: number) => void,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const card = openShelf(join(folder, 'aspu'));
  const patches = patchesOf(published.targets.signed);
  const all = patches.reduce((sum, { length }) => sum + length, 0);
  const kept = new Set<string>([TIMESTAMP_FILE]);
  let done = 0;
  for (const below of ['', TARGETS_FOLDER]) card.sweep(below);
  for (const patch of patches) {
    const name = join(TARGETS_FOLDER, targetFile(patch));
    const taken = await takeFile(join(tree.folder, name), join(card.folder, TARGETS_FOLDER), (bytes) =>
      onBytes(done + bytes, all),
    );
    card.moveIn(taken.file, name);
    done += taken.length;
    kept.add(targetFile(patch));
  }
  const put = (name: string, bytes: Uint8Array): void => {
    card.write(name, bytes);
    kept.add(name);
  };
  put(metadataFile('targets', published.targets.signed.version), bytesOf(published.targets));
  put(metadataFile('snapshot', published.snapshot.signed.version), bytesOf(published.snapshot));
  for (let version = 1; version <= published.root.signed.version; version++) {
    const name = metadataFile('root', version);
    put(name, tree.read(name) ?? new Uint8Array());
  }
  card.write(TIMESTAMP_FILE, bytesOf(timestamp));
  for (const name of card.names()) if (parseMetadataFile(name) && !kept.has(name)) card.remove(name);
  for (const name of card.names(TARGETS_FOLDER))
    if (parseTargetFile(name) && !kept.has(name)) card.remove(join(TARGETS_FOLDER, name));
  return { files: kept.size, bytes: done };
}
