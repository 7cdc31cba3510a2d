import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, err, ok, type Result } from '@ewon-agent/contracts';
import { metadataFile, parseMetadataFile, parseTargetFile, TARGETS_FOLDER, targetFile } from '../core/aspu-names.ts';
import { type Lack, lacksOf, lackText } from './lacks.ts';
import { bytesOf, patchesOf, type RootFile, readTargetsFile, type TargetsFile } from './metadata.ts';
import { beginsAnew, placeTimestamp, signOnline } from './online.ts';
import {
  type AspuDesk,
  draftedRoots,
  INCOMING_FOLDER,
  type Published,
  readDrafts,
  readPublished,
  TARGETS_DRAFT,
} from './repository.ts';

/** Files of each kind that stay when newer ones are there: a device may be reading by a timestamp of some hours ago. */
const VERSIONS_KEPT = 5;

/**
 * Publishes what is drafted, or signs snapshot and timestamp anew when nothing is. Must be called within `alone`.
 *
 * Every file but `timestamp.json` gets its name once and for all. Before the timestamp nothing leads to a new one, so whoever
 * reads meanwhile, or after a crash, sees the repository as it was; after it, as it is. Where roots change, the online files are
 * signed with the old keys and the new ones, so that they are good before the last root as well as after it.
 * After a crash the same call again brings it to its end. Codes: ASPU_NONE, ASPU_UNSIGNED.
 */
export function publish(desk: AspuDesk): Result<Published> {
  const { tree, draft, keys, nowMs } = desk;
  const before = readPublished(tree);
  const drafts = readDrafts(draft, before);
  const root = drafts.roots.at(-1) ?? before?.root;
  const targets = drafts.targets ?? before?.targets;
  if (!root || !targets) return err('ASPU_NONE');
  const lacks = [...lacksOf(drafts, before), ...overdue(root, targets, nowMs)];
  if (lacks.length > 0) return err('ASPU_UNSIGNED', lacks.map(lackText).join('; '));

  const roots = [before?.root, ...drafts.roots].flatMap((file) => file?.signed ?? []);
  const isBegunAnew = before !== undefined && beginsAnew(before, root.signed, nowMs);
  const signed = signOnline(desk, { targets, roots, before: isBegunAnew ? undefined : before });
  if (!signed.ok) return signed;

  // a device must have let go of versions that were run forward before it is shown lower ones
  const first = isBegunAnew ? drafts.roots : drafts.roots.slice(0, -1);
  for (const file of before ? first : []) placeRoot(desk, file);
  for (const patch of patchesOf(targets.signed)) {
    const name = join(TARGETS_FOLDER, targetFile(patch));
    if (!tree.has(name)) tree.moveIn(join(draft.folder, name), name);
  }
  if (drafts.targets) tree.write(metadataFile('targets', targets.signed.version), bytesOf(targets));
  placeTimestamp(tree, signed.value);
  for (const file of drafts.roots) placeRoot(desk, file);

  clearDrafts(desk);
  keys.keepOnly([root.signed]);
  prune(desk, { root, targets, ...signed.value });
  return ok({ root, targets, ...signed.value });
}

function placeRoot({ tree }: AspuDesk, file: RootFile): void {
  const name = metadataFile('root', file.signed.version);
  if (!tree.has(name)) tree.write(name, bytesOf(file));
}

function overdue(root: RootFile, targets: TargetsFile, nowMs: number): readonly Lack[] {
  return [root, targets].flatMap(({ signed }) =>
    signed.isExpired(new Date(nowMs)) ? [{ role: signed.type, version: signed.version, expired: signed.expires }] : [],
  );
}

/** A copy of a patch takes minutes; what is left after a day nobody will come for. */
const INCOMING_KEPT_MS = DAY_MS;

function clearDrafts({ draft, nowMs }: AspuDesk): void {
  for (const version of draftedRoots(draft)) draft.remove(metadataFile('root', version));
  draft.remove(TARGETS_DRAFT);
  for (const name of draft.names(TARGETS_FOLDER)) draft.remove(join(TARGETS_FOLDER, name));
  draft.sweep(INCOMING_FOLDER, nowMs - INCOMING_KEPT_MS);
}

/** Takes away what nobody reads any more. Roots stay for ever. */
function prune({ tree }: AspuDesk, { targets, snapshot }: Published): void {
  const current = new Set([
    metadataFile('targets', targets.signed.version),
    metadataFile('snapshot', snapshot.signed.version),
  ]);
  const kept = [targets];
  for (const role of ['targets', 'snapshot']) {
    const files = tree.names().filter((name) => parseMetadataFile(name)?.role === role && !current.has(name));
    const byAge = files.toSorted((a, b) => ageOf(tree.folder, a) - ageOf(tree.folder, b));
    for (const [i, name] of byAge.entries()) {
      if (i >= VERSIONS_KEPT) tree.remove(name);
      else if (role === 'targets') kept.push(readTargetsFile(tree.read(name) ?? new Uint8Array()));
    }
  }
  const named = new Set(kept.flatMap(({ signed }) => patchesOf(signed).map(targetFile)));
  for (const name of tree.names(TARGETS_FOLDER))
    if (parseTargetFile(name) && !named.has(name)) tree.remove(join(TARGETS_FOLDER, name));
}

/** The younger, the smaller. */
function ageOf(folder: string, name: string): number {
  return -statSync(join(folder, name)).mtimeMs;
}
