import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file of mode 0600: the whole of it or none after a power cut. Written beside, flushed, renamed, and the directory flushed. */
export function writeDurably(path: string, text: string): void {
  const beside = `${path}.new`;
  rmSync(beside, { force: true }); // what a power cut left may have another mode
  const fd = openSync(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(beside, path);
  const dir = openSync(dirname(path), constants.O_RDONLY);
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
