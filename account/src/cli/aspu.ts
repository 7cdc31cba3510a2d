import { rmSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import {
  DAY_MS,
  err,
  ok,
  type Patch,
  type Result,
  readPatchCustom,
  SECOND_MS,
  timestampOf,
  toUtf8,
} from '@ewon-agent/contracts';
import { createRandomNode } from '../adapters/random-node.ts';
import { addPatch, initRepository, type KeyCount, mayAdd, renewRole, revokePatch, rotateKeys } from '../aspu/draft.ts';
import { signForCard, writeCard } from '../aspu/export.ts';
import { readKeyFile } from '../aspu/keys.ts';
import { lackText } from '../aspu/lacks.ts';
import { publish } from '../aspu/publish.ts';
import { ASPU_DRAFT_FOLDER, INCOMING_FOLDER } from '../aspu/repository.ts';
import { signDrafts } from '../aspu/sign.ts';
import { takeFile } from '../aspu/take-file.ts';
import { type AspuView, viewOf } from '../aspu/view.ts';
import { type AspuRole, parseTargetFile } from '../core/aspu-names.ts';
import { describePatch, type PatchWords } from '../core/patch-description.ts';
import { PUBLISHED_NAMED_MAX } from '../service/aspu.ts';
import { openAdmin } from './admin-client.ts';
import { say, sayFault } from './answer.ts';
import { type AspuPlace, atDesk, caughtLater, deskAt, prepareDesk } from './aspu-desk.ts';
import { aspuText } from './aspu-text.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { readDuration } from './orders.ts';
import { tenths } from './progress.ts';

const KEYS_MAX = 20;
/** What a policy can deny or hold by its name. */
const NAME_MAX_CHARACTERS = 64;
/** A card that holds longer would outlive the files that people sign. */
const CARD_VALID_MAX_MS = 365 * DAY_MS;

/** `account aspu init` */
export async function initAspu(
  io: Io,
  form: Form,
  place: AspuPlace,
  { folder, root, targets }: { readonly folder: string; readonly root: KeyCount; readonly targets: KeyCount },
): Promise<ExitStatus> {
  const fault = wrongCount(root) ?? wrongCount(targets) ?? keysBesideServer(place, folder);
  if (fault) return sayFault(io, form, fault);
  const ready = await caughtLater(() => prepareDesk(place));
  const done = ready.ok
    ? atDesk(place, (desk) => initRepository(desk, createRandomNode(), { folder, root, targets }))
    : ready;
  const answer = done.ok ? ok({ files: done.value, patchRoot: null }) : done;
  return say(io, form, answer, ({ files }) =>
    [
      'made a repository; its keys are in',
      ...files.map((file) => `  ${file}`),
      `Take them away, each to somebody else: ${root.threshold} of ${root.keys} root keys decide who signs.`,
      'Next: account aspu publish',
    ].join('\n'),
  );
}

/** `account aspu add FILE` */
export async function addAspu(
  io: Io,
  form: Form,
  place: AspuPlace,
  { file, words }: { readonly file: string; readonly words: Omit<PatchWords, 'path'> },
): Promise<ExitStatus> {
  const path = basename(file);
  const described = describePatch({ ...words, path });
  if (!described.ok) return sayFault(io, form, described.fault);
  const custom = readPatchCustom(toUtf8(JSON.stringify(described.value)));
  if (!custom.ok) return sayFault(io, form, err('ASPU_PATCH_BAD', custom.fault.detail).fault);
  if (path.length > NAME_MAX_CHARACTERS || !parseTargetFile(`${'0'.repeat(64)}.${path}`))
    return sayFault(
      io,
      form,
      err('ASPU_PATCH_BAD', `${path}: a name has at most ${NAME_MAX_CHARACTERS} letters, digits, dots and lines`).fault,
    );
  const may = atDesk(place, (desk) => mayAdd(desk, path)); // before a large file is copied
  if (!may.ok) return sayFault(io, form, may.fault);
  const size = statSync(file, { throwIfNoEntry: false });
  if (!size?.isFile() || size.size === 0)
    return sayFault(io, form, err('ASPU_PATCH_BAD', `${file} is no file, or an empty one`).fault);
  const told = tenths(io, size.size);
  const into = join(place.state, ASPU_DRAFT_FOLDER, INCOMING_FOLDER);
  const taken = await caughtLater(() => takeFile(file, into, told));
  if (!taken.ok) return sayFault(io, form, err('ASPU_PATCH_BAD', taken.fault.detail, taken.fault.cause).fault);
  const { length, sha256 } = taken.value;
  const patch: Patch = { path, length, sha256, custom: custom.value };
  const done = atDesk(place, (desk) => addPatch(desk, patch, taken.value.file));
  if (!done.ok) rmSync(taken.value.file, { force: true });
  return say(io, form, done, ({ custom: { kind, version } }) =>
    [`drafted ${path}: ${kind} ${version}, ${length} bytes, SHA-256 ${sha256}`, NEXT_SIGN].join('\n'),
  );
}

const NEXT_SIGN = 'Next: account aspu sign --key FILE, then account aspu publish';

/** `account aspu sign --key FILE...` */
export function signAspu(io: Io, form: Form, place: AspuPlace, files: readonly string[]): ExitStatus {
  const keys = files.map(readKeyFile);
  const bad = keys.find((key) => !key.ok);
  if (bad && !bad.ok) return sayFault(io, form, bad.fault);
  const done = atDesk(place, (desk) =>
    signDrafts(
      desk,
      keys.flatMap((key) => (key.ok ? [key.value] : [])),
    ),
  );
  const answer = done.ok ? ok({ signed: done.value, lacks: viewAt(place)?.lacks ?? [] }) : done;
  return say(io, form, answer, ({ signed, lacks }) =>
    [
      ...signed.map(({ role, version, keyId }) => `signed ${role} ${version} with key ${keyId.slice(0, 8)}`),
      ...lacks.map(lackText),
      ...(lacks.length === 0 ? ['Next: account aspu publish'] : []),
    ].join('\n'),
  );
}

/** `account aspu publish` */
export async function publishAspu(io: Io, form: Form, place: AspuPlace): Promise<ExitStatus> {
  const done = atDesk(place, (desk) => {
    const drafted = viewOf(desk)?.patches ?? []; // what is published is no draft any more
    const published = publish(desk);
    return published.ok ? ok({ drafted, ...published.value }) : published;
  });
  if (!done.ok) return sayFault(io, form, done.fault);
  const { drafted, root, targets, snapshot, timestamp } = done.value;
  const named = (as: 'added' | 'revoked') =>
    drafted.flatMap(({ path, state }) => (state === as ? [path] : [])).slice(0, PUBLISHED_NAMED_MAX);
  const news = { added: named('added'), revoked: named('revoked') };
  const admin = openAdmin(place.state);
  const told = admin.ok ? await admin.value.ask('POST', 'aspu/published', news) : admin;
  // it is published all the same; a server finds that out by itself
  const announced = told.ok ? 'now' : told.fault.code === 'ACCOUNT_NOT_RUNNING' ? 'when the server starts' : 'later';
  const versions = {
    ...{ root: root.signed.version, targets: targets.signed.version },
    ...{ snapshot: snapshot.signed.version, timestamp: timestamp.signed.version },
  };
  return say(io, form, ok({ ...versions, expiresAt: timestamp.signed.expires, announced }), (v) =>
    [
      `published root ${v.root}, targets ${v.targets}, snapshot ${v.snapshot}, timestamp ${v.timestamp}`,
      `Ewons are told of it ${announced}.`,
    ].join('\n'),
  );
}

/** `account aspu revoke NAME` */
export function revokeAspu(io: Io, form: Form, place: AspuPlace, name: string): ExitStatus {
  const done = atDesk(place, (desk) => revokePatch(desk, name));
  return say(io, form, done, ({ path }) => [`drafted the repository without ${path}`, NEXT_SIGN].join('\n'));
}

/** `account aspu renew ROLE` */
export function renewAspu(io: Io, form: Form, place: AspuPlace, role: 'root' | 'targets'): ExitStatus {
  const done = atDesk(place, (desk) => renewRole(desk, role));
  return say(io, form, done.ok ? ok({ role }) : done, () => [`drafted ${role} to hold longer`, NEXT_SIGN].join('\n'));
}

/** `account aspu rotate ROLE` */
export function rotateAspu(
  io: Io,
  form: Form,
  place: AspuPlace,
  order: { readonly role: AspuRole; readonly folder?: string; readonly count?: KeyCount },
): ExitStatus {
  const { role, folder, count } = order;
  const isOnline = role === 'snapshot' || role === 'timestamp';
  const fault =
    (count && wrongCount(count)) ??
    (isOnline && (folder !== undefined || count)
      ? err('USAGE', `${role} has one key, which stays here`).fault
      : undefined) ??
    (folder === undefined ? undefined : keysBesideServer(place, folder));
  if (fault) return sayFault(io, form, fault);
  const done = atDesk(place, (desk) => rotateKeys(desk, createRandomNode(), order));
  const answer = done.ok ? ok({ role, files: done.value }) : done;
  return say(io, form, answer, ({ files }) =>
    [
      `drafted new keys for ${role}`,
      ...files.map((file) => `  ${file}`),
      role === 'root'
        ? 'Next: account aspu sign with enough of the present and of the new root keys, then account aspu publish'
        : `Next: account aspu sign with the root keys${role === 'targets' ? ' and the new keys' : ''}, then account aspu publish`,
    ].join('\n'),
  );
}

/** `account aspu list` */
export function listAspu(io: Io, form: Form, place: AspuPlace, { keys }: { readonly keys: boolean }): ExitStatus {
  // nothing is changed, so nobody need be waited for
  const view = viewAt(place);
  const shown: Result<AspuView> = view ? ok(view) : err('ASPU_NONE', place.state);
  return say(io, form, shown, (repository) => aspuText(repository, { keys }));
}

/** `account aspu export --valid 30d TARGET` */
export async function exportAspu(
  io: Io,
  form: Form,
  place: AspuPlace,
  { target, valid }: { readonly target: string; readonly valid: string },
): Promise<ExitStatus> {
  const read = readDuration(valid);
  const validMs = read.ok ? read.value * SECOND_MS : 0;
  if (!read.ok || validMs > CARD_VALID_MAX_MS)
    return sayFault(io, form, err('USAGE', `--valid ${valid} is like 12h or 30d, 365d at most`).fault);
  if (!statSync(target, { throwIfNoEntry: false })?.isDirectory())
    return sayFault(io, form, err('TARGET_REFUSED', `${target} is no directory; mount the card and name where`).fault);
  const order = atDesk(place, (desk) => signForCard(desk, validMs));
  if (!order.ok) return sayFault(io, form, order.fault);
  const told = tenths(io);
  const written = await caughtLater(() => writeCard(deskAt(place).tree, order.value, target, told));
  if (!written.ok) return sayFault(io, form, err('TARGET_REFUSED', written.fault.detail, written.fault.cause).fault);
  const expiresAt = timestampOf(order.value.expiresMs);
  const answer = {
    folder: join(target, 'aspu'),
    ...written.value,
    timestamp: order.value.timestamp.signed.version,
    expiresAt,
  };
  const isShort = order.value.expiresMs < deskAt(place).nowMs + validMs - DAY_MS;
  return say(io, form, ok(answer), (card) =>
    [
      `wrote ${card.folder}: ${card.files} files, ${card.bytes} bytes of patches; good until ${card.expiresAt}`,
      ...(isShort ? ['That is shorter than asked, because what people sign expires then: account aspu renew'] : []),
    ].join('\n'),
  );
}

function viewAt(place: AspuPlace): AspuView | undefined {
  return viewOf(deskAt(place));
}

function wrongCount({ keys, threshold }: KeyCount) {
  if (keys >= 1 && keys <= KEYS_MAX && threshold >= 1 && threshold <= keys) return undefined;
  return err('USAGE', `${threshold} of ${keys} keys: from 1 to ${KEYS_MAX} keys, and no more signatures than keys`)
    .fault;
}

/** Keys that lie with the server are taken with it. */
function keysBesideServer({ state }: AspuPlace, folder: string) {
  const way = relative(resolve(state), resolve(folder));
  const isWithin = way === '' || !(way === '..' || way.startsWith('../'));
  return isWithin
    ? err('USAGE', `--keys ${folder} is in the state directory; name a stick that is taken away`).fault
    : undefined;
}
