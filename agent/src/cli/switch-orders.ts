import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Patch, printable, type Result } from '@ewon-agent/contracts';
import { readIfThere, writeDurably } from '../adapters/durable-file.ts';
import { lookAgain, trustedText } from '../adapters/tuf-again.ts';
import {
  digestOf,
  isPlain,
  keepOnly,
  placeVersion,
  readPlain,
  removeEntry,
  takeOrder,
  takeTarget,
  unpack,
} from '../adapters/version-files.ts';
import { KEPT_FILES, RUN_FILES } from '../adapters/version-places.ts';
import {
  ABOUT_FILE,
  ENTRY_FILE,
  type Here,
  type InstallOrder,
  mayReplace,
  mayRunHere,
  ORDER_BYTES_MAX,
  ORDER_FILES,
  readAbout,
  readInstallOrder,
  readOnlineOrder,
  VERDICT_FILE,
  type Verdict,
} from '../core/version-orders.ts';
import {
  freeSlot,
  isNewer,
  overdue,
  provenOnline,
  slotsInUse,
  takeOnTrial,
  type Versions,
  versionsText,
} from '../core/version-state.ts';
import { loadVersions, packagedAbout, type SwitchParts } from './switch-parts.ts';

// When the agent has put down an order, and every five minutes of a trial, as root.

/** A version that runs has this long to be online: a modem that has to search all bands, and a broker that is being restarted, take ten minutes. */
export const TRIAL_S = 20 * 60;
const SMALL_ORDER_BYTES = 4096;
/** What is unpacked, and what was copied, until it has a place. */
const FRESH = 'next';
const COPY = 'incoming';

/** Carries out what there is to do. Whatever was ordered is taken away first, so nothing is tried again and again. */
export async function carryOut(parts: SwitchParts): Promise<void> {
  const { ordersDir } = parts.places;
  const online = takeOrder(join(ordersDir, ORDER_FILES.online), SMALL_ORDER_BYTES);
  if (online) takeOnline(parts, online);
  endOverdueTrial(parts);
  const install = takeOrder(join(ordersDir, ORDER_FILES.install), ORDER_BYTES_MAX);
  if (install) await takeInstall(parts, install);
}

function takeOnline(parts: SwitchParts, bytes: Uint8Array): void {
  const order = readOnlineOrder(bytes);
  if (!order.ok) {
    parts.say('an order that cannot be read', order.fault.detail);
    return;
  }
  const versions = present(parts);
  const trial = startedOnTrial(parts);
  const chosen = versions.blessed?.version ?? packagedAbout(parts.places).version;
  const started = { version: trial?.version ?? chosen, onTrial: trial !== undefined };
  const proven = provenOnline(versions, { version: order.value.version, started });
  if (!proven) return;
  save(parts, proven.versions);
  if (proven.restart) {
    again(parts, 'the way is there, it is tried again', versions.trial?.version);
    return;
  }
  removeEntry(join(parts.places.runDir, RUN_FILES.trial));
  parts.say('blessed', printable(order.value.version));
  tidy(parts, proven.versions);
}

function endOverdueTrial(parts: SwitchParts): void {
  const trial = startedOnTrial(parts);
  if (!trial || parts.uptimeS() - trial.atS < TRIAL_S) return;
  const versions = present(parts);
  if (!versions.trial?.resting) save(parts, overdue(versions));
  again(parts, 'was not online in time', trial.version);
}

async function takeInstall(parts: SwitchParts, bytes: Uint8Array): Promise<void> {
  const { runDir } = parts.places;
  const order = readInstallOrder(bytes);
  if (!order.ok) {
    parts.say('an order that cannot be read', order.fault.detail);
    return;
  }
  const { id } = order.value;
  const taken = await installed(parts, order.value);
  tidy(parts, present(parts));
  const { code, detail } = taken.ok ? { code: undefined, detail: undefined } : taken.fault;
  const verdict: Verdict = code === undefined ? { id } : { id, code, detail: printable(detail ?? '', 400) };
  writeDurably(join(runDir, VERDICT_FILE), `${JSON.stringify(verdict)}\n`, 0o644);
  if (taken.ok) again(parts, 'is tried', taken.value);
  else parts.say(`refused, ${taken.fault.code}`, printable(taken.fault.detail));
}

/** @returns the version that is on trial from now on; codes of every refusal */
async function installed(parts: SwitchParts, order: InstallOrder): Promise<Result<string>> {
  try {
    const target = judged(parts, order);
    return target.ok ? await staged(parts, order.id, target.value) : target;
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
    return err(why === 'ENOSPC' ? 'PATCH_NO_ROOM' : 'PATCH_FAILED', why, cause);
  } finally {
    removeEntry(join(parts.places.ordersDir, ORDER_FILES.target));
  }
}

/** The repository's word on the target, from the root of our own. */
function judged(parts: SwitchParts, { path, metadata }: InstallOrder): Result<Patch> {
  const firstRoot = readRoot(parts);
  if (!firstRoot.ok) return firstRoot;
  const file = join(parts.places.versionsDir, KEPT_FILES.tuf);
  const saved = readIfThere(file);
  const look = { firstRoot: firstRoot.value, saved, offered: metadata, path, nowMs: parts.nowMs() };
  const { target, trusted } = lookAgain(look);
  const text = trusted && trustedText(trusted);
  if (text !== undefined && text !== saved) writeDurably(file, text, 0o600);
  if (!target.ok) return target;
  const may = mayReplace(here(parts), target.value.custom);
  return may.ok ? target : may;
}

async function staged(parts: SwitchParts, id: string, patch: Patch): Promise<Result<string>> {
  const { versionsDir, ordersDir } = parts.places;
  const { version } = patch.custom;
  const versions = present(parts);
  const { trial } = versions;
  // ordered by a version that forgets itself: it gets no new tries
  if (trial?.sha256 === patch.sha256) {
    save(parts, { ...versions, trial: { ...trial, id } });
    return ok(version);
  }
  const [copy, fresh] = [join(versionsDir, COPY), join(versionsDir, FRESH)];
  keepOnly(versionsDir, [...Object.values(KEPT_FILES), ...slotsInUse(versions)]);
  const taken = takeTarget(join(ordersDir, ORDER_FILES.target), copy, patch);
  if (!taken.ok) return taken;
  const unpacked = await unpack(copy, fresh);
  if (!unpacked.ok) return unpacked;
  const about = readAbout(readPlain(join(fresh, ABOUT_FILE), SMALL_ORDER_BYTES));
  if (!about.ok) return err('PATCH_ARCHIVE_BAD', `${ABOUT_FILE}: ${about.fault.detail}`);
  const may = mayRunHere(here(parts), patch.custom, about.value);
  if (!may.ok) return may;
  if (!isPlain(join(fresh, ENTRY_FILE))) return err('PATCH_ARCHIVE_BAD', `${ENTRY_FILE} is missing`);
  const digest = digestOf(fresh);
  if (digest === undefined) return err('PATCH_FAILED', 'what was unpacked cannot be read');
  const slot = freeSlot(versions);
  placeVersion(fresh, join(versionsDir, slot));
  save(parts, takeOnTrial(versions, { slot, version, sha256: patch.sha256, digest, id }));
  return ok(version);
}

/** What is installed is what a patch must be newer than: a version on trial may be replaced by the same again, or by another. */
function here(parts: SwitchParts): Here {
  const { version, arch } = packagedAbout(parts.places);
  const { blessed } = present(parts);
  return { version: blessed && isNewer(blessed.version, version) ? blessed.version : version, arch, node: parts.node };
}

/** Only a file that nobody but root can write is a root. */
function readRoot({ places }: SwitchParts): Result<string> {
  const { rootFile } = places;
  try {
    const file = openSync(rootFile, 'r');
    try {
      const { mode, uid } = fstatSync(file);
      const { uid: own } = statSync(places.versionsDir);
      if (uid !== own || (mode & 0o022) !== 0) return err('TUF_NO_ROOT', `${rootFile}: others than root can write it`);
      return ok(readFileSync(file, 'utf8'));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    return err(
      'TUF_NO_ROOT',
      `${rootFile}: ${cause instanceof Error && 'code' in cause ? cause.code : 'unreadable'}`,
      cause,
    );
  }
}

function startedOnTrial({ places }: SwitchParts): { readonly version: string; readonly atS: number } | undefined {
  const text = readIfThere(join(places.runDir, RUN_FILES.trial));
  return text === undefined ? undefined : JSON.parse(text); // ours, whole or not there
}

function present({ places }: SwitchParts): Versions {
  const loaded = loadVersions(places);
  return loaded.ok ? loaded.value : {};
}

function save({ places }: SwitchParts, versions: Versions): void {
  writeDurably(join(places.versionsDir, KEPT_FILES.state), versionsText(versions), 0o644);
}

function tidy({ places, say }: SwitchParts, versions: Versions): void {
  try {
    keepOnly(places.versionsDir, [...Object.values(KEPT_FILES), ...slotsInUse(versions)]);
  } catch (cause) {
    say('not all of it could be removed, the next start does', cause instanceof Error ? cause.message : '');
  }
}

function again({ restartAgent, say }: SwitchParts, why: string, version = ''): void {
  say(why, printable(version));
  restartAgent();
}
