import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes the state directory, readable by its owner only. */
export function makeStateDir(stateDir: string): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
}

/**
 * Reads a file of the state directory, or makes it with mode 0600 and the content given. A crash leaves the whole file
 * or none. Of several processes that make it at once one does, and all read the same.
 * @param make is called only when there is no such file
 */
export async function keepFile(path: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  if (!existsSync(path)) put(path, await make(), 0o600, linkNew);
  return new Uint8Array(readFileSync(path));
}

/** Writes a file so that after a power cut the old or the new content is there. Mode 0600 unless told. */
export function writeFileDurably(path: string, content: Uint8Array, mode = 0o600): void {
  put(path, content, mode, renameSync);
}

function put(path: string, content: Uint8Array, mode: number, move: (from: string, to: string) => void): void {
  // by chance, because the folder of the keys may be shared with processes of other machines
  const temporary = join(dirname(path), `.${randomUUID()}.new`);
  const file = openSync(temporary, 'wx', mode);
  try {
    writeFileSync(file, content); // all of it: a disk that is nearly full takes a part without an error
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  move(temporary, path);
  flushFolder(dirname(path));
}

/** Has the names in a folder reach the disk. */
export function flushFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Gives a file its name unless another process was first. */
function linkNew(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EEXIST') throw cause;
  } finally {
    rmSync(from);
  }
}
