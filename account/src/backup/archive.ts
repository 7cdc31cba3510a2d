import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Result, toUtf8 } from '@ewon-agent/contracts';
import { extract, type Pack, pack } from 'tar-stream';
import { flushFolder } from '../adapters/secret-file.ts';
import { unfinishedBeside } from '../aspu/files.ts';
import {
  type BackupFile,
  type BackupManifest,
  MANIFEST_MAX_BYTES,
  MANIFEST_NAME,
  readManifest,
} from '../core/backup-manifest.ts';
import { type LockedWith, locker, type OpenedWith, opener } from './keys.ts';

// A backup as a file: a tar of the manifest and what it lists, within age. Nothing of it is ever in memory as a whole.

/** Told how many bytes of how many are through. */
export type OnBytes = (done: number, all: number) => void;

/** Takes the size and SHA-256 of a file. */
export async function measure(path: string, name: string): Promise<BackupFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const part of createReadStream(path)) {
    hash.update(part);
    sizeBytes += part.length;
  }
  return { name, sizeBytes, sha256: hash.digest('hex') };
}

/**
 * Writes a backup, mode 0600. It has its name when all of it is on the disk, and not before.
 * @param folder where the files of the manifest lie under their names
 * Codes: USAGE when there is a file of this name, or the key is none.
 */
export async function writeArchive(
  out: string,
  {
    manifest,
    folder,
    locked,
  }: { readonly manifest: BackupManifest; readonly folder: string; readonly locked: LockedWith },
  onBytes: OnBytes = () => {},
): Promise<Result<{ readonly sizeBytes: number }>> {
  const encrypter = await locker(locked);
  if (!encrypter.ok) return encrypter;
  const all = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const unfinished = unfinishedBeside(out);
  try {
    const tar = pack();
    const filled = fill(tar, manifest, folder, (done) => onBytes(done, all));
    filled.catch((cause: Error) => tar.destroy(cause)); // and so the pipeline ends
    const sealed = await encrypter.value.encrypt(streamOf(tar));
    await pipeline(partsOf(sealed), createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }));
    await filled;
    flushFile(unfinished);
    // no link, which would not take the place of another file: a stick with FAT has none
    if (existsSync(out)) return err('USAGE', `${out} is there already`);
    renameSync(unfinished, out);
    flushFolder(dirname(out));
    return ok({ sizeBytes: statSync(out).size });
  } finally {
    rmSync(unfinished, { force: true });
  }
}

async function fill(tar: Pack, manifest: BackupManifest, folder: string, onBytes: (done: number) => void) {
  let done = 0;
  const mtime = new Date(manifest.takenAt);
  tar.entry({ name: MANIFEST_NAME, mode: 0o600, mtime }, Buffer.from(JSON.stringify(manifest, null, 2)));
  for (const { name, sizeBytes } of manifest.files) {
    const entry = tar.entry({ name, size: sizeBytes, mode: 0o600, mtime });
    for await (const part of createReadStream(join(folder, name))) {
      if (!entry.write(part)) await once(entry, 'drain');
      done += part.length;
      onBytes(done);
    }
    entry.end(null);
  }
  tar.finalize();
}

/** How a backup is read. */
export type ReadOptions = {
  readonly opened: OpenedWith;
  /** Migrations that this program knows. */
  readonly known: readonly string[];
  /** An empty folder to put the files into, each flushed; only looked at unless told. */
  readonly into?: string;
  readonly onBytes?: OnBytes;
};

/**
 * Reads a whole backup and compares everything with its manifest.
 * Codes: BACKUP_LOCKED, BACKUP_DAMAGED (cut and changed ones as well), BACKUP_NEWER, USAGE.
 */
export async function readArchive(
  file: string,
  { opened, known, into, onBytes }: ReadOptions,
): Promise<Result<BackupManifest>> {
  const decrypter = await opener(opened);
  if (!decrypter.ok) return decrypter;
  const size = statSync(file, { throwIfNoEntry: false });
  if (!size?.isFile()) return err('USAGE', `${file} is no file`);
  const source = createReadStream(file);
  try {
    const plain = await decrypter.value.decrypt(streamOf(counted(source, (done) => onBytes?.(done, size.size))));
    const tar = extract();
    const fed = pipeline(partsOf(plain), tar);
    const [read, end] = await Promise.allSettled([readEntries(tar, known, into), fed]);
    if (read.status === 'fulfilled' && !read.value.ok) return read.value;
    for (const outcome of [end, read]) if (outcome.status === 'rejected') throw outcome.reason;
    if (read.status !== 'fulfilled') throw new Error('this is a bug: neither read nor rejected');
    return read.value;
  } catch (cause) {
    if (isOfTheDisk(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return /no identity matched/.test(why) ? err('BACKUP_LOCKED', file, cause) : err('BACKUP_DAMAGED', why, cause);
  } finally {
    source.destroy();
  }
}

/** What the file system says is not a fault of the backup: the disk is full, or the file may not be read. */
function isOfTheDisk(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}

/** The bytes of a stream of Node, told as they go by. */
async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const part of source) {
    done += part.length;
    onBytes(done);
    yield part;
  }
}

function streamOf(source: AsyncIterable<unknown>): ReadableStream<Uint8Array> {
  const parts = bytesIn(source);
  return new ReadableStream({
    async pull(controller) {
      const next = await parts.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

async function* partsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {}); // who stops reading is told why elsewhere
  }
}

/** Streams of Node and of tar-stream give buffers, which their types do not say. */
async function* bytesIn(source: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    if (!(part instanceof Uint8Array)) throw new Error('this is a bug: a stream of something else than bytes');
    yield part;
  }
}

type Entry = AsyncIterable<unknown> & { readonly header: { readonly name: string; readonly type?: string | null } };

async function readEntries(
  tar: AsyncIterable<Entry>,
  known: readonly string[],
  into: string | undefined,
): Promise<Result<BackupManifest>> {
  let manifest: BackupManifest | undefined;
  let next = 0;
  for await (const entry of tar) {
    const { name } = entry.header;
    if (!manifest) {
      const read =
        name === MANIFEST_NAME ? readManifest(await bytesOf(entry), known) : err('BACKUP_DAMAGED', 'no manifest');
      if (!read.ok) return read; // which leaves the loop, and so ends the stream
      manifest = read.value;
      continue;
    }
    const listed = manifest.files[next++];
    if (!listed || listed.name !== name || entry.header.type !== 'file')
      return err('BACKUP_DAMAGED', `${name} is not listed here`);
    const found = await take(entry, into === undefined ? undefined : join(into, name));
    if (found.sizeBytes !== listed.sizeBytes || found.sha256 !== listed.sha256)
      return err('BACKUP_DAMAGED', `${name} is another`);
  }
  if (!manifest || next < manifest.files.length) return err('BACKUP_DAMAGED', 'files are missing');
  return ok(manifest);
}

async function bytesOf(entry: Entry): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytesIn(entry)) {
    size += part.length;
    if (size > MANIFEST_MAX_BYTES) return toUtf8('');
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

async function take(entry: Entry, to: string | undefined): Promise<Pick<BackupFile, 'sizeBytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const part of bytesIn(entry)) {
      hash.update(part);
      sizeBytes += part.length;
      yield part;
    }
  }
  if (to === undefined) for await (const _ of measured());
  else {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    await pipeline(measured, createWriteStream(to, { flags: 'wx', mode: 0o600 }));
    flushFile(to);
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** Has the content of a file reach the disk. */
export function flushFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
