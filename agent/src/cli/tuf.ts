import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { type ClockPort, err, ok, type Result } from '@ewon-agent/contracts';
import { createSystemClock } from '../adapters/clock-system.ts';
import { writeDurably } from '../adapters/durable-file.ts';
import { errorCodeOf } from '../adapters/tls-fault.ts';
import { downloadPatch, isPatchIn } from '../adapters/tuf-download.ts';
import { fetchWhole } from '../adapters/tuf-fetch.ts';
import { httpTufSource } from '../adapters/tuf-http.ts';
import { type Refreshed, runUpdater } from '../adapters/tuf-updater.ts';
import { NO_FLOORS } from '../core/tuf-floors.ts';
import { targetPlace } from '../core/tuf-offer.ts';
import { TUF_TIME_NONE } from '../core/tuf-time.ts';

// The client as others may test it: `ewon-agent tuf` takes the arguments of the TUF conformance suite
// (theupdateframework/tuf-conformance, CLIENT-CLI.md). The agent itself keeps its metadata in another form, with floors and trusted time
// (adapters/tuf-repository.ts); what judges the metadata is the same.

export type TufPlaces = {
  readonly metadataDir: string;
  readonly metadataUrl: string;
};
export type TufTarget = { readonly targetName: string; readonly targetBaseUrl: string; readonly targetDir: string };

/** Takes a root as trusted. Codes: STATE_UNWRITABLE. */
export function tufInit(metadataDir: string, trustedRoot: string): Result<void> {
  try {
    mkdirSync(metadataDir, { recursive: true });
    copyFileSync(trustedRoot, join(metadataDir, 'root.json'));
    return ok(undefined);
  } catch (cause) {
    return unwritable(metadataDir, cause);
  }
}

/** Brings the metadata up to date. Codes: TUF_NO_ROOT, and those of a refresh. */
export async function tufRefresh(places: TufPlaces, want?: string): Promise<Result<Refreshed>> {
  try {
    return await refresh(places, want);
  } catch (cause) {
    return unwritable(places.metadataDir, cause);
  }
}

/** Brings the metadata up to date, and then a target. Codes: as above, TUF_TARGET_UNKNOWN, and those of a download. */
export async function tufDownload(places: TufPlaces, target: TufTarget): Promise<Result<{ readonly file: string }>> {
  const { targetName, targetBaseUrl, targetDir } = target;
  const refreshed = await tufRefresh(places, targetName);
  if (!refreshed.ok) return refreshed;
  const { wanted, isConsistent } = refreshed.value;
  if (!wanted) return err('TUF_TARGET_UNKNOWN', targetName);
  const sha256 = wanted.hashes['sha256'];
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return err('TUF_TARGET_WRONG', 'no SHA-256 was signed');
  const file = join(targetDir, encodeURIComponent(targetName));
  const patch = { length: wanted.length, sha256 };
  if (await isPatchIn(file, patch)) return ok({ file });
  const clock = createSystemClock();
  const { source, close } = sourceOf(targetBaseUrl, clock);
  const place = targetPlace(targetName, sha256, isConsistent).split('/').map(encodeURIComponent).join('/');
  const watch = { signal: new AbortController().signal, received: () => {} };
  const brought = await downloadPatch({ patch, file: join(targetDir, `.${sha256}`), source, place, clock, watch });
  close();
  if (brought.ok) renameSync(brought.value.file, file);
  return brought.ok ? ok({ file }) : brought;
}

async function refresh({ metadataDir, metadataUrl }: TufPlaces, want?: string): Promise<Result<Refreshed>> {
  const names = readdirSync(metadataDir).filter((name) => name.endsWith('.json'));
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(metadataDir, name), 'utf8')]));
  if (files['root.json'] === undefined) return err('TUF_NO_ROOT', metadataDir);
  const clock = createSystemClock();
  const { source, close } = sourceOf(metadataUrl, clock);
  const { signal } = new AbortController();
  const scratch = mkdtempSync(join(tmpdir(), 'ewon-agent-tuf-'));
  try {
    const run = await runUpdater({
      ...{ scratch, files, floors: NO_FLOORS, time: TUF_TIME_NONE, clockMs: clock.now() },
      fetch: (path, maxBytes) => fetchWhole(source, path, { signal, clock, maxBytes }),
      ...(want === undefined ? {} : { want }),
    });
    for (const [name, text] of Object.entries(run.files))
      if (files[name] !== text) writeDurably(join(metadataDir, name), text);
    return run.outcome;
  } finally {
    close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** HTTPS with the CAs of the system, or HTTP as it is: here somebody tries us out. */
function sourceOf(url: string, clock: ClockPort) {
  const base = url.endsWith('/') ? url : `${url}/`;
  const ca = base.startsWith('https:') ? { ca: getCACertificates('default').join('\n') } : {};
  const source = httpTufSource({ base, clock, ...ca });
  return { source, close: () => source.close() };
}

function unwritable(path: string, cause: unknown): Result<never> {
  return err('STATE_UNWRITABLE', `${path}: ${errorCodeOf(cause) ?? 'error'}`, cause);
}
