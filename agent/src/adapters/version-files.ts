import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress, constants as zlib } from 'node:zlib';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { type ArchivePart, createArchiveReader } from '../core/archive-reader.ts';
import { flushDirectory, writeWhole } from './durable-file.ts';

// What root does with files. Whatever comes from the agent is opened once, without following a link and without waiting, is copied where only
// root can write, and is judged as the copy.

const CHUNK = 64 * 1024;
/** 2 to this many bytes are held while unpacking; what "make package" packs needs no more. */
export const WINDOW_LOG = 23;

/**
 * Reads a small file that the agent may have put there, and takes it away, whatever it is.
 * @returns undefined where there is none, or none that is a plain file of at most `maxBytes`
 */
export function takeOrder(path: string, maxBytes: number): Uint8Array | undefined {
  try {
    return readPlain(path, maxBytes);
  } finally {
    removeEntry(path);
  }
}

/**
 * Copies a file that the agent may be changing.
 * @throws what the disk says of the copy. Codes: TUF_TARGET_WRONG (it is no plain file, or not the one that was signed)
 */
export function takeTarget(
  from: string,
  to: string,
  signed: { readonly length: number; readonly sha256: string },
): Result<void> {
  const source = openPlain(from);
  if (source === undefined) return err('TUF_TARGET_WRONG', 'no plain file');
  const copy = openSync(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(CHUNK);
    let bytes = 0;
    for (let got = readSync(source, buffer); got > 0 && bytes <= signed.length; got = readSync(source, buffer)) {
      const part = buffer.subarray(0, got);
      hash.update(part);
      writeWhole(copy, part, bytes);
      bytes += got;
    }
    if (bytes !== signed.length) return err('TUF_TARGET_WRONG', `another length than ${signed.length}`);
    const sha256 = hash.digest('hex');
    return sha256 === signed.sha256 ? ok(undefined) : err('TUF_TARGET_WRONG', `SHA-256 ${sha256}`);
  } finally {
    closeSync(source);
    closeSync(copy);
  }
}

/**
 * Unpacks an archive into a directory that is made for it; every file is on the disk afterwards.
 * @throws what the disk says. Codes: PATCH_ARCHIVE_BAD; what was unpacked before is for the caller to remove
 */
export async function unpack(archive: string, dir: string): Promise<Result<void>> {
  mkdirSync(dir, { mode: 0o755 });
  const reader = createArchiveReader();
  const writer = createWriter(dir);
  let refused: Result<never> | undefined;
  const read = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) {
      const parts = reader.feed(chunk);
      if (!parts.ok) {
        refused = parts;
        return;
      }
      for (const part of parts.value) writer.take(part);
    }
  };
  try {
    const limits = { params: { [zlib.ZSTD_d_windowLogMax]: WINDOW_LOG } };
    await pipeline(createReadStream(archive), createZstdDecompress(limits), read);
  } catch (cause) {
    if (!refused && !isOfZstd(cause)) throw cause; // a reader that stops early is an error to the pipe
    refused ??= err('PATCH_ARCHIVE_BAD', 'it is not packed with zstd', cause);
  } finally {
    writer.close();
  }
  const names = refused ?? reader.end();
  if (!names.ok) return names;
  flushDirectory(dir);
  return ok(undefined);
}

/** Names what a directory holds, as far as the files in it are plain; undefined where it cannot be read. */
export function digestOf(dir: string): string | undefined {
  try {
    const hash = createHash('sha256');
    for (const name of readdirSync(dir).sort()) {
      const file = openPlain(join(dir, name));
      if (file === undefined) return undefined;
      hash.update(`${name}\0${fstatSync(file).size}\0`);
      hashAll(file, hash);
    }
    return hash.digest('hex');
  } catch {
    return undefined; // what cannot be read is not whole
  }
}

/** Puts an unpacked version in its place, and has its name reach the disk. */
export function placeVersion(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
  flushDirectory(join(to, '..'));
}

/** Removes all but what is named from a directory that only root writes. */
export function keepOnly(dir: string, names: readonly string[]): void {
  for (const name of readdirSync(dir))
    if (!names.includes(name)) rmSync(join(dir, name), { recursive: true, force: true });
}

/** The bytes of a plain file of at most `maxBytes`; undefined where there is none. */
export function readPlain(path: string, maxBytes: number): Uint8Array | undefined {
  const file = openPlain(path);
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(maxBytes + 1 > CHUNK ? Math.min(maxBytes, fstatSync(file).size) + 1 : maxBytes + 1);
    let bytes = 0;
    for (let got = 1; got > 0 && bytes < buffer.length; bytes += got)
      got = readSync(file, buffer, bytes, buffer.length - bytes, null);
    return bytes < buffer.length ? buffer.subarray(0, bytes) : undefined; // longer than it may be, or still growing
  } finally {
    closeSync(file);
  }
}

/** Tells whether there is a plain file. */
export function isPlain(path: string): boolean {
  const file = openPlain(path);
  if (file !== undefined) closeSync(file);
  return file !== undefined;
}

/** A plain file with one name, open for reading: no link is followed, and no FIFO is waited for. */
function openPlain(path: string): number | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined; // none, a link, or not for us
  }
  const stat = fstatSync(file);
  if (stat.isFile() && stat.nlink === 1) return file;
  closeSync(file);
  return undefined;
}

/** Nothing recursive: what the agent put there it could swap for a link while we walk. */
export function removeEntry(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    if (codeOf(cause) !== 'EISDIR') throw cause;
    rmdirSync(path);
  }
}

function createWriter(dir: string) {
  let open: number | undefined;
  let written = 0;
  const close = () => {
    if (open !== undefined) closeSync(open);
    open = undefined;
  };
  return {
    close,
    take(part: ArchivePart) {
      if (part.do === 'open') {
        open = openSync(join(dir, part.name), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
        written = 0;
      }
      if (part.do === 'write' && open !== undefined) {
        writeWhole(open, part.bytes, written);
        written += part.bytes.length;
      }
      if (part.do === 'close' && open !== undefined) {
        fsyncSync(open);
        close();
      }
    },
  };
}

/** In pieces: a version may be larger than what this may hold in memory. */
function hashAll(file: number, hash: Hash): void {
  try {
    const buffer = Buffer.alloc(CHUNK);
    for (let got = readSync(file, buffer); got > 0; got = readSync(file, buffer)) hash.update(buffer.subarray(0, got));
  } finally {
    closeSync(file);
  }
}

function isOfZstd(cause: unknown): boolean {
  return codeOf(cause)?.startsWith('ZSTD_') === true || codeOf(cause) === 'Z_BUF_ERROR';
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}
