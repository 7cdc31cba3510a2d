import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, type Fault, type Millis, ok, type Result } from '@ewon-agent/contracts';
import { type Fetcher, type TargetFile, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import type { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import type { TufFloors } from '../core/tuf-floors.ts';
import type { SignedTarget } from '../core/tuf-offer.ts';
import { isSmallEnough, TUF_MEMBERS_MAX } from '../core/tuf-shape.ts';
import type { TufTime } from '../core/tuf-time.ts';
import type { Whole } from './tuf-fetch.ts';
import { type Judged, judgeStore } from './tuf-judge.ts';

/** Where a name has to be part of an address; only the path of it is used. */
const NOWHERE = 'http://repository.invalid/';
/** Metadata is held in memory while it is read. A targets file of 5 MB names ten thousand patches. */
const LIMIT_BYTES = 5_000_000;
const CONFIG = {
  maxRootRotations: 256,
  maxDelegations: 32,
  rootMaxLength: 512_000,
  timestampMaxLength: 16_384,
  snapshotMaxLength: 2_000_000,
  targetsMaxLength: LIMIT_BYTES,
};

/** Metadata by file name, as `root.json`. */
export type MetadataFiles = Readonly<Record<string, string>>;

export type UpdaterJob = {
  /** A directory that is made and removed: tuf-js begins with a root on the disk. */
  readonly scratch: string;
  /** What is trusted; a root at least. */
  readonly files: MetadataFiles;
  readonly floors: TufFloors;
  readonly time: TufTime;
  readonly clockMs: Millis;
  readonly fetch: (path: string, maxBytes: number) => Promise<Result<Whole>>;
  /** A target to look for, also in delegated roles. */
  readonly want?: string;
};

/** What is trusted afterwards, whether the refresh came to its end or not: a root that was accepted stays (TUF 5.3.8). */
export type UpdaterRun = {
  readonly files: MetadataFiles;
  /** The roots that were accepted now, as `2.root.json`: the way to the last one, for whoever began earlier. */
  readonly roots: MetadataFiles;
  readonly floors: TufFloors;
  readonly time: TufTime;
  readonly outcome: Result<Refreshed>;
};
export type Refreshed = {
  readonly versions: Readonly<Record<'root' | 'timestamp' | 'snapshot' | 'targets', number>>;
  /** When the first of them expires. */
  readonly expiresMs: Millis;
  readonly targets: readonly SignedTarget[];
  readonly isConsistent: boolean;
  readonly wanted?: SignedTarget;
};

/**
 * Runs the client workflow of tuf-js with our own way to fetch, clock and floors, and with memory in the place of its files: those it
 * writes as they come, so a power cut would leave half of one, and a disk that is full an empty one.
 * Codes: those of `fetch`, TUF_MALFORMED, TUF_UNSIGNED, TUF_BELOW_THRESHOLD, TUF_ROLLBACK, TUF_FROZEN, TUF_MIXED.
 * @throws errors of the file system about `scratch`
 */
export async function runUpdater(job: UpdaterJob): Promise<UpdaterRun> {
  const fetching = fetcherOf(job);
  const updater = beginUpdater(job, fetching.fetcher);
  if (!updater.ok) return { ...job, roots: {}, outcome: updater };
  const files = new Map(Object.entries(job.files));
  const roots = new Map<string, string>();
  const nameOf = (role: string) => `${encodeURIComponent(role)}.json`;
  // private to TypeScript only, and pinned to one version: what it finds wrong is told by its errors' classes there, before
  // they are wrapped into text
  const store = Reflect.get(updater.value, 'trustedSet') as TrustedMetadataStore;
  Object.assign(updater.value, {
    loadLocalMetadata(role: string): Buffer {
      const text = files.get(nameOf(role));
      if (text === undefined) throw new Error('nothing is trusted of it yet');
      return Buffer.from(text);
    },
    persistMetadata(role: string, bytes: Buffer): void {
      files.set(nameOf(role), bytes.toString('utf8'));
      if (role === 'root') roots.set(`${store.root.signed.version}.root.json`, bytes.toString('utf8'));
    },
  });
  const judged = judgeStore(store, { ...job, fetched: fetching.last, accountMs: fetching.accountMs });
  const outcome = await refresh(updater.value, store, job.want).catch((cause) =>
    failed(cause, fetching.fault(), judged),
  );
  return {
    ...{ files: Object.fromEntries(files), roots: Object.fromEntries(roots) },
    ...{ floors: judged.floors(), time: judged.time(), outcome },
  };
}

function beginUpdater({ scratch, files }: UpdaterJob, fetcher: Fetcher): Result<Updater> {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(scratch, 'root.json'), files['root.json'] ?? '');
    try {
      return ok(new Updater({ metadataDir: scratch, metadataBaseUrl: NOWHERE, fetcher, config: CONFIG }));
    } catch (cause) {
      return err('TUF_MALFORMED', 'the root to begin with is none, or is not signed by itself', cause);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function refresh(updater: Updater, store: TrustedMetadataStore, want?: string): Promise<Result<Refreshed>> {
  await updater.refresh();
  const found = want === undefined ? undefined : await updater.getTargetInfo(want);
  const { root, timestamp, snapshot, targets } = store;
  if (!timestamp || !snapshot || !targets) throw new Error('this is a bug: refreshed without all of its roles');
  const all = [root.signed, timestamp.signed, snapshot.signed, targets.signed];
  return ok({
    versions: {
      root: root.signed.version,
      timestamp: timestamp.signed.version,
      snapshot: snapshot.signed.version,
      targets: targets.signed.version,
    },
    expiresMs: Math.min(...all.map(({ expires }) => Date.parse(expires))),
    targets: Object.values(targets.signed.targets).map(targetOf),
    isConsistent: root.signed.consistentSnapshot,
    ...(found ? { wanted: targetOf(found) } : {}),
  });
}

function targetOf({ path, length, hashes, custom }: TargetFile): SignedTarget {
  return { path, length, hashes, custom };
}

function failed(cause: unknown, unfetched: Fault | undefined, judged: Judged): Result<never> {
  const fault = judged.fault() ?? unfetched;
  if (fault) return { ok: false, fault };
  return err('TUF_MALFORMED', 'a file does not name the file that comes next', cause);
}

function fetcherOf(job: UpdaterJob) {
  let last: { readonly name: string; readonly bytes: Buffer } | undefined;
  let fault: Fault | undefined;
  let accountMs: Millis | undefined;
  const giveUp = (why: Fault): never => {
    fault ??= why;
    throw new Error(why.code);
  };
  return {
    last: () => last,
    fault: () => fault,
    accountMs: () => accountMs,
    fetcher: {
      downloadFile: () => Promise.reject(new Error('this is a bug: targets are downloaded by tuf-download.ts')),
      async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
        const name = new URL(url).pathname.slice(1);
        const got = await job.fetch(name, Math.min(maxLength, LIMIT_BYTES));
        if (!got.ok) return giveUp(got.fault);
        accountMs = got.value.dateMs ?? accountMs;
        const { bytes } = got.value;
        if (bytes && !isReadable(bytes))
          return giveUp({
            code: 'TUF_MALFORMED',
            detail: `${name}: more than ${TUF_MEMBERS_MAX} members in one object`,
          });
        if (bytes) {
          last = { name, bytes };
          return bytes;
        }
        // no newer root is how the chain of roots ends, and tuf-js asks for this class
        if (/^\d+\.root\.json$/.test(name)) throw new DownloadHTTPError(name, 404);
        return giveUp({ code: 'TUF_UNREACHABLE', detail: `${name} is not there` });
      },
    },
  };
}

/** What is no JSON is refused by tuf-js, in no time. */
function isReadable(bytes: Buffer): boolean {
  try {
    return isSmallEnough(JSON.parse(bytes.toString('utf8')));
  } catch {
    return true;
  }
}
