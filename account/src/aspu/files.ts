import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Millis } from '@ewon-agent/contracts';
import { flushFolder } from '../adapters/secret-file.ts';

/** Told before each thing that changes the disk, so that a test can end there what a power cut would end. */
export type OnStep = (step: string) => void;

/**
 * A folder whose files are there as a whole or not at all, also after a power cut. Names may lead into folders below it.
 *
 * Obligations:
 * - what `write` and `moveIn` have returned from is on the disk
 * - `sweep` takes away what an interrupted write has left; nobody else may be writing
 */
export type Shelf = {
  readonly folder: string;
  read(name: string): Uint8Array | undefined;
  has(name: string): boolean;
  /** Names of files in the folder itself or in one below it; those of unfinished ones are left out. */
  names(below?: string): readonly string[];
  write(name: string, bytes: Uint8Array): void;
  /** Takes a file of the same file system in, which is on the disk already. */
  moveIn(from: string, name: string): void;
  remove(name: string): void;
  /** @param olderThanMs only those that were written before this time */
  sweep(below?: string, olderThanMs?: Millis): void;
};

const UNFINISHED = /^\..*\.new$/;

/** Opens a folder. It is made when something is written. */
export function openShelf(folder: string, onStep: OnStep = () => {}): Shelf {
  const at = (name: string) => join(folder, name);
  const makeFolderOf = (name: string): void => {
    mkdirSync(dirname(at(name)), { recursive: true, mode: 0o700 });
  };
  const flushFolderOf = (name: string): void => {
    onStep(`flush folder of ${name}`);
    flushFolder(dirname(at(name)));
  };
  const namesIn = (below: string) => (existsSync(at(below)) ? readdirSync(at(below)) : []);
  return {
    folder,
    read: (name) => (existsSync(at(name)) ? new Uint8Array(readFileSync(at(name))) : undefined),
    has: (name) => existsSync(at(name)),
    names: (below = '') => namesIn(below).filter((name) => !UNFINISHED.test(name)),
    write(name, bytes) {
      makeFolderOf(name);
      const unfinished = unfinishedBeside(at(name));
      onStep(`make ${name}`);
      const file = openSync(unfinished, 'wx', 0o600);
      try {
        onStep(`write ${name}`);
        writeFileSync(file, bytes); // all of it: a disk that is nearly full takes a part without an error
        onStep(`flush ${name}`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      onStep(`rename ${name}`);
      renameSync(unfinished, at(name));
      flushFolderOf(name);
    },
    moveIn(from, name) {
      makeFolderOf(name);
      onStep(`move ${name}`);
      renameSync(from, at(name));
      flushFolderOf(name);
    },
    remove(name) {
      onStep(`remove ${name}`);
      rmSync(at(name), { force: true });
    },
    sweep(below = '', olderThanMs = Infinity) {
      for (const name of namesIn(below)) {
        const path = join(at(below), name);
        if (UNFINISHED.test(name) && statSync(path).mtimeMs < olderThanMs) rmSync(path, { force: true });
      }
    },
  };
}

/** Name for a file that is being written, which `sweep` takes away when it stays. */
export function unfinishedBeside(path: string): string {
  return join(dirname(path), `.${randomUUID()}.new`);
}
