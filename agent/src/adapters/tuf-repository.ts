import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ClockPort,
  err,
  type Fault,
  ok,
  type Patch,
  type PatchRepositoryPort,
  type RepositoryRead,
  type Result,
  sha256Hex,
  timestampOf,
} from '@ewon-agent/contracts';
import { NO_FLOORS } from '../core/tuf-floors.ts';
import { isSamePatch, patchesOf, targetPlace } from '../core/tuf-offer.ts';
import { judgedAt, TUF_TIME_NONE } from '../core/tuf-time.ts';
import { errorCodeOf } from './tls-fault.ts';
import { downloadPatch } from './tuf-download.ts';
import { fetchWhole } from './tuf-fetch.ts';
import { type Loaded, type TufFiles, tufFiles } from './tuf-saved.ts';
import { TARGETS_DIR, type TufSource, within } from './tuf-source.ts';
import type { Refreshed } from './tuf-updater.ts';

/** Where trust begins: a root file that was put on this device, or the hash of one that the account has signed. */
export type TufAnchor = { readonly file: string } | { readonly sha256: string };

export type TufRepositoryOptions = {
  /** What is trusted is kept here, for as long as this device is linked; {@link forgetTuf} begins anew. */
  readonly dir: string;
  /** Patches are kept here. */
  readonly downloads: string;
  readonly source: TufSource;
  readonly clock: ClockPort;
  /** Asked at each refresh. */
  readonly anchor: () => TufAnchor | undefined;
  readonly rateBytesPerSecond?: number | undefined;
  /** Called now and then during a download. */
  readonly collectGarbage?: () => void;
  /** Codes: PATCH_SAVED_DAMAGED. */
  readonly tell: (fault: Fault) => void;
};

const FIRST_ROOT = '1.root.json';
const FIRST_ROOT_MAX_BYTES = 512_000;

/** The repository of patches behind a source; several sources may share what is trusted, one after another. */
export function createTufRepository(options: TufRepositoryOptions): PatchRepositoryPort {
  const { dir, downloads, source, clock, rateBytesPerSecond, collectGarbage, tell } = options;
  const files = tufFiles(dir, tell);
  const fileOf = (sha256: string) => join(downloads, sha256);

  return {
    async refresh(signal) {
      try {
        return await refresh(options, files, signal);
      } catch (cause) {
        return err('STATE_UNWRITABLE', `${dir}: ${errorCodeOf(cause) ?? 'error'}`, cause);
      }
    },
    async download(patch, watch) {
      try {
        if (watch.signal.aborted) return err('PATCH_STOPPED');
        const { trust } = files.load();
        const isOffered = trust?.read?.patches.some((offered) => isSamePatch(offered, patch)) === true;
        if (!trust?.read || !isOffered) return err('TUF_TARGET_UNKNOWN', patch.path);
        mkdirSync(downloads, { recursive: true, mode: 0o700 });
        keepParts(downloads, patch);
        const place = targetPlace(patch.path, patch.sha256, trust.isConsistent === true);
        const targets = within(source, TARGETS_DIR);
        return await downloadPatch({
          ...{
            patch,
            file: fileOf(patch.sha256),
            source: targets,
            place,
            clock,
            rateBytesPerSecond,
            watch,
            collectGarbage,
          },
        });
      } catch (cause) {
        return err('STATE_UNWRITABLE', `${downloads}: ${errorCodeOf(cause) ?? 'error'}`, cause);
      }
    },
    async keepOnly(sha256s) {
      try {
        const kept = new Set(sha256s.flatMap((sha256) => [sha256, `${sha256}.part`]));
        for (const name of namesIn(downloads)) if (!kept.has(name)) rmSync(join(downloads, name), { force: true });
      } catch (cause) {
        tell({ code: 'STATE_UNWRITABLE', detail: downloads, cause });
      }
    },
  };
}

/** Forgets a repository and what was downloaded of it: this device is not linked any more. Throws errors of the file system. */
export function forgetTuf({ dir, downloads }: Pick<TufRepositoryOptions, 'dir' | 'downloads'>): void {
  for (const path of [dir, downloads]) rmSync(path, { recursive: true, force: true });
}

/**
 * The metadata that is trusted, by file name, for whoever verifies it again from a root of its own: `root.json`, each root on the way to it
 * (`2.root.json`), and what is trusted of the other roles. Empty when nothing is. Throws errors of the file system.
 */
export function trustedMetadata(dir: string): Readonly<Record<string, string>> {
  return tufFiles(dir, () => {}).load().trust?.files ?? {};
}

async function refresh(
  options: TufRepositoryOptions,
  files: TufFiles,
  signal: AbortSignal,
): Promise<Result<RepositoryRead>> {
  const { clock, dir, source } = options;
  const fetch = (path: string, maxBytes: number) => fetchWhole(source, path, { signal, clock, maxBytes });
  const loaded = files.load();
  const begin = await beginning(options, loaded, files, fetch);
  if (!begin.ok) return begin;
  const { anchor, metadata: trusted } = begin.value;
  const { runUpdater } = await import('./tuf-updater.ts'); // not in memory until patches are looked for
  const { floors, time } = loaded.floors ?? { floors: NO_FLOORS, time: TUF_TIME_NONE };
  const clockMs = clock.now();
  const run = await runUpdater({ scratch: join(dir, 'scratch'), files: trusted, floors, time, clockMs, fetch });
  const kept = loaded.trust?.read ? { read: loaded.trust.read, isConsistent: loaded.trust.isConsistent } : {};
  const now = run.outcome.ok ? readNow(run.outcome.value, timestampOf(judgedAt(run.time, clockMs))) : kept;
  // the floors first: a power cut between the two leaves what is trusted below them, which only makes us ask again
  files.saveFloors({ anchor, floors: run.floors, time: run.time });
  files.saveTrust({ anchor, files: { ...run.files, ...run.roots }, ...now });
  return run.outcome.ok && now.read ? ok(now.read) : run.outcome.ok ? err('TUF_NO_ROOT') : run.outcome;
}

function readNow({ versions, expiresMs, targets, isConsistent }: Refreshed, refreshedAt: string) {
  const held = { ...versions, expiresAt: timestampOf(expiresMs), refreshedAt };
  return { read: { held, patches: patchesOf(targets) }, isConsistent };
}

type Beginning = { readonly anchor: string; readonly metadata: Readonly<Record<string, string>> };
type Fetch = (path: string, maxBytes: number) => ReturnType<typeof fetchWhole>;

/** What the chain of roots begins with. The first root is never replaced by another one while this device is linked. */
async function beginning(
  { anchor }: TufRepositoryOptions,
  { firstRoot, floors, trust }: Loaded,
  files: TufFiles,
  fetch: Fetch,
): Promise<Result<Beginning>> {
  const named = anchor();
  const pinned = named && 'file' in named ? readPinned(named.file) : undefined;
  if (pinned && !pinned.ok) return pinned;
  const savedHash = firstRoot && hashOf(firstRoot.root);
  const had = savedHash ?? trust?.anchor ?? floors?.anchor;
  const wanted = pinned ? hashOf(pinned.value) : named && 'sha256' in named ? named.sha256 : had;
  if (wanted === undefined) return err('TUF_NO_ROOT');
  if (had !== undefined && had !== wanted) return err('TUF_ROOT_FOREIGN', `SHA-256 ${wanted}, trusted is ${had}`);
  const first = pinned ?? (firstRoot ? ok(firstRoot.root) : await fetchFirst(wanted, fetch));
  if (!first.ok) return first;
  files.saveFirstRoot({ root: first.value });
  return ok({ anchor: wanted, metadata: trust?.files ?? { 'root.json': first.value } });
}

async function fetchFirst(sha256: string, fetch: Fetch): Promise<Result<string>> {
  const got = await fetch(FIRST_ROOT, FIRST_ROOT_MAX_BYTES);
  if (!got.ok) return got;
  if (!got.value.bytes) return err('TUF_NO_ROOT', `the repository has no ${FIRST_ROOT}`);
  const found = sha256Hex(got.value.bytes);
  if (found !== sha256) return err('TUF_ROOT_FOREIGN', `SHA-256 ${found}, the account named ${sha256}`);
  return ok(got.value.bytes.toString('utf8'));
}

function readPinned(file: string): Result<string> {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (cause) {
    return err('TUF_NO_ROOT', `${file} cannot be read: ${errorCodeOf(cause) ?? 'error'}`, cause);
  }
}

function hashOf(text: string): string {
  return sha256Hex(Buffer.from(text));
}

/** One patch is downloaded at a time, and what is here of another one only takes room. */
function keepParts(downloads: string, { sha256 }: Patch): void {
  for (const name of namesIn(downloads))
    if (name.endsWith('.part') && name !== `${sha256}.part`) rmSync(join(downloads, name), { force: true });
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (cause) {
    if (errorCodeOf(cause) === 'ENOENT') return [];
    throw cause;
  }
}
