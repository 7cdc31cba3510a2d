import { join } from 'node:path';
import { err, ok, type Patch, type RandomPort, type Result } from '@ewon-agent/contracts';
import { Metadata, TargetFile, Targets } from '@tufjs/models';
import { type AspuRole, metadataFile, TARGETS_FOLDER, targetFile } from '../core/aspu-names.ts';
import { expiryOf, isFastForwarded, nextFileVersion, ROLE_VALID_MS } from '../core/aspu-times.ts';
import { type AspuKey, makeAspuKey, writeKeyFiles } from './keys.ts';
import { bytesOf, patchesOf, type RootFile, SPEC_VERSION, signWith, type TargetsFile } from './metadata.ts';
import {
  type AspuDesk,
  draftedRoots,
  firstRoot,
  type Published,
  readDrafts,
  readPublished,
  TARGETS_DRAFT,
} from './repository.ts';
import { isRenewed, type Keyring, keyringOf, type RoleKeys, rootsTo } from './roots.ts';

// What becomes the repository. Each change takes the signatures off what it changes. All of these are called within `alone`.

/** How many keys a role that people sign has, and how many of them must sign. */
export type KeyCount = { readonly keys: number; readonly threshold: number };

/**
 * Drafts a repository, signed by all its new keys. Those of people go into a folder, for them to take away.
 * Codes: ASPU_EXISTS, TARGET_REFUSED.
 * @returns the files with the keys
 */
export function initRepository(
  desk: AspuDesk,
  random: RandomPort,
  { folder, root, targets }: { readonly folder: string; readonly root: KeyCount; readonly targets: KeyCount },
): Result<readonly string[]> {
  if (firstRoot(desk.tree) || draftedRoots(desk.draft).length > 0) return err('ASPU_EXISTS', desk.tree.folder);
  const [rootKeys, targetsKeys] = [make(random, root.keys), make(random, targets.keys)];
  const files: string[] = [];
  for (const [role, keys] of [
    ['root', rootKeys],
    ['targets', targetsKeys],
  ] as const) {
    const written = writeKeyFiles(folder, role, keys);
    if (!written.ok) return written;
    files.push(...written.value);
  }
  const [snapshot, timestamp] = [makeAspuKey(random), makeAspuKey(random)];
  for (const made of [snapshot, timestamp]) desk.keys.add(made);
  const wanted: Keyring = {
    root: { keys: publicOf(rootKeys), threshold: root.threshold },
    targets: { keys: publicOf(targetsKeys), threshold: targets.threshold },
    snapshot: { keys: [snapshot.key], threshold: 1 },
    timestamp: { keys: [timestamp.key], threshold: 1 },
  };
  draftTargets(desk, {}, undefined, targetsKeys);
  draftRoots(desk, rootsTo(wanted, undefined, desk.nowMs), rootKeys); // last: it is what makes the draft one
  return ok(files);
}

/** What is there to be changed: the draft, or what is published. Codes: ASPU_NONE. */
function present(
  desk: AspuDesk,
): Result<{ readonly published: Published | undefined; readonly root: RootFile; readonly targets: TargetsFile }> {
  const published = readPublished(desk.tree);
  const drafts = readDrafts(desk.draft, published);
  const root = drafts.roots.at(-1) ?? published?.root;
  const targets = drafts.targets ?? published?.targets;
  return root && targets ? ok({ published, root, targets }) : err('ASPU_NONE');
}

/** Tells whether a patch of this name may be added. Codes: ASPU_NONE, ASPU_PATCH_KNOWN. */
export function mayAdd(desk: AspuDesk, path: string): Result<readonly Patch[]> {
  const now = present(desk);
  if (!now.ok) return now;
  if (now.value.targets.signed.targets[path]) return err('ASPU_PATCH_KNOWN', path);
  return ok(patchesOf(now.value.targets.signed));
}

/**
 * Drafts a patch. Codes: ASPU_NONE, ASPU_PATCH_KNOWN.
 * @param file where its bytes are, on the file system of the state; taken from there
 */
export function addPatch(desk: AspuDesk, patch: Patch, file: string): Result<Patch> {
  const may = mayAdd(desk, patch.path);
  const now = present(desk);
  if (!may.ok) return may;
  if (!now.ok) return now;
  desk.draft.moveIn(file, join(TARGETS_FOLDER, targetFile(patch)));
  const { path, length, sha256, custom } = patch;
  const target = TargetFile.fromJSON(path, { length, hashes: { sha256 }, custom: JSON.parse(JSON.stringify(custom)) });
  draftTargets(desk, { ...now.value.targets.signed.targets, [path]: target }, now.value.published);
  return ok(patch);
}

/** Drafts the repository without a patch. Codes: ASPU_NONE, ASPU_PATCH_UNKNOWN. */
export function revokePatch(desk: AspuDesk, path: string): Result<{ readonly path: string }> {
  const now = present(desk);
  if (!now.ok) return now;
  const { [path]: revoked, ...others } = now.value.targets.signed.targets;
  if (!revoked) return err('ASPU_PATCH_UNKNOWN', path);
  draftTargets(desk, others, now.value.published);
  return ok({ path });
}

/** Drafts a role of people as it is, to hold longer. Codes: ASPU_NONE, CONFLICT before the first publication. */
export function renewRole(desk: AspuDesk, role: 'root' | 'targets'): Result<void> {
  const now = present(desk);
  if (!now.ok) return now;
  const { published, root, targets } = now.value;
  if (!published) return err('CONFLICT', 'nothing is published yet');
  if (role === 'targets') draftTargets(desk, targets.signed.targets, published);
  else draftRoots(desk, rootsTo(keyringOf(root.signed), published.root.signed, desk.nowMs));
  return ok(undefined);
}

/**
 * Drafts new keys for a role. Those of people go into a folder; the count stays unless told.
 * Codes: ASPU_NONE, CONFLICT before the first publication, TARGET_REFUSED.
 * @returns the files with the keys
 */
export function rotateKeys(
  desk: AspuDesk,
  random: RandomPort,
  order: { readonly role: AspuRole; readonly folder?: string; readonly count?: KeyCount },
): Result<readonly string[]> {
  const now = present(desk);
  if (!now.ok) return now;
  const { published, root, targets } = now.value;
  if (!published) return err('CONFLICT', 'nothing is published yet');
  const { role, folder } = order;
  const before = keyringOf(root.signed);
  const count = order.count ?? { keys: before[role].keys.length, threshold: before[role].threshold };
  const made = make(random, count.keys);
  const isOffline = role === 'root' || role === 'targets';
  if (isOffline && folder === undefined) return err('USAGE', `--keys DIR is where the new keys of ${role} go`);
  const written = isOffline && folder !== undefined ? writeKeyFiles(folder, role, made) : ok([]);
  if (!written.ok) return written;
  if (!isOffline) for (const one of made) desk.keys.add(one);
  const renewed: RoleKeys = { keys: publicOf(made), threshold: count.threshold };
  const wanted: Keyring = { ...before, [role]: renewed };
  const roots = rootsTo(wanted, published.root.signed, desk.nowMs);
  draftRoots(desk, roots);
  // files that people sign are signed by the new keys from now on, and what devices remember of versions is held by snapshots
  const next = roots.at(-1)?.signed;
  const isForgotten = next !== undefined && isRenewed('snapshot', published.root.signed, next);
  const isRunForward = isForgotten && isFastForwarded(published.targets.signed.version, desk.nowMs);
  if (role === 'targets' || isRunForward)
    draftTargets(desk, targets.signed.targets, isRunForward ? undefined : published);
  return written;
}

function draftTargets(
  { draft, nowMs }: AspuDesk,
  targets: Targets['targets'],
  published: Published | undefined,
  by: readonly AspuKey[] = [],
): void {
  const version = nextFileVersion(published?.targets.signed.version, nowMs);
  const expires = expiryOf(nowMs + ROLE_VALID_MS.targets);
  const file = new Metadata(new Targets({ version, specVersion: SPEC_VERSION, expires, targets }));
  for (const made of by) signWith(file, made);
  draft.write(TARGETS_DRAFT, bytesOf(file));
}

/** Puts these roots in the place of those that are drafted. The last is written first: one that stays alone is not signed, and so does no harm. */
function draftRoots({ draft }: AspuDesk, roots: readonly RootFile[], by: readonly AspuKey[] = []): void {
  for (const file of roots.toReversed()) {
    for (const made of by) signWith(file, made);
    draft.write(metadataFile('root', file.signed.version), bytesOf(file));
  }
  const versions = roots.map(({ signed }) => signed.version);
  for (const version of draftedRoots(draft))
    if (!versions.includes(version)) draft.remove(metadataFile('root', version));
}

function make(random: RandomPort, count: number): readonly AspuKey[] {
  return Array.from({ length: count }, () => makeAspuKey(random));
}

function publicOf(keys: readonly AspuKey[]): RoleKeys['keys'] {
  return keys.map(({ key }) => key);
}
