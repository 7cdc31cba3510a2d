import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

export type FileOwner = { readonly uid: number; readonly gid: number };

/**
 * Writes a file: the whole of it or none after a power cut. Written beside, flushed, renamed, and the directory flushed.
 * @param mode 0600 unless told; what the umask takes away is taken from it
 * @param owner whose it is, where root writes for another
 */
export function writeDurably(path: string, text: string, mode = 0o600, owner?: FileOwner): void {
  const beside = `${path}.new`;
  rmSync(beside, { force: true }); // what a power cut left may have another mode
  const fd = openSync(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  if (owner && fstatSync(fd).uid !== owner.uid) fchownSync(fd, owner.uid, owner.gid);
  writeWhole(fd, Buffer.from(text), 0);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(beside, path);
  flushDirectory(dirname(path));
}

/** Writes all of it at a position: a disk that is nearly full takes a part and says so only by how much it took. */
export function writeWhole(fd: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at);
}

/** Has the names in a directory reach the disk. */
export function flushDirectory(path: string): void {
  const dir = openSync(path, constants.O_RDONLY);
  fsyncSync(dir);
  closeSync(dir);
}

/** The text of a file; undefined when it is not there. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
