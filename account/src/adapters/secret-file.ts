import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes the state directory, readable by its owner only. */
export function makeStateDir(stateDir: string): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
}

/**
 * Reads a file of the state directory, or makes it with mode 0600 and the content given. A crash leaves the whole file or none.
 * @param make is called only when there is no such file
 */
export async function keepFile(path: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  if (!existsSync(path)) writeFileDurably(path, await make());
  return new Uint8Array(readFileSync(path));
}

/** Writes a file so that after a power cut the old or the new content is there. Mode 0600 unless told. */
export function writeFileDurably(path: string, content: Uint8Array, mode = 0o600): void {
  const temporary = join(dirname(path), `.${process.pid}.new`);
  rmSync(temporary, { force: true }); // of a crash, perhaps with another mode
  const file = openSync(temporary, 'wx', mode);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
