import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { flushDirectory, readIfThere, writeDurably, writeWhole } from './durable-file.ts';

/**
 * What an installation keeps on the disk of the agent: its journal, and the backups of the Ewon, of which the newest four stay. All of it is
 * for the agent's user only: passwords of the Ewon are in a backup, in the form in which the Ewon encrypts them.
 * Codes: STATE_UNWRITABLE.
 */
export type InstallDisk = {
  journal(): Result<string | undefined>;
  save(journal: string): Result<void>;
  forget(): Result<void>;
  /** Keeps the files of a backup, all of them or none after a power cut. @returns its name: a number, and that of the patch */
  keepBackup(path: string, files: ReadonlyMap<string, Uint8Array>): Result<string>;
  /** Reads a file of a backup; undefined where the Ewon gave none. */
  backedUp(backup: string, file: string): Result<Uint8Array | undefined>;
};

/** The newest is of the step that is installed, the others of the steps and tries before it. */
const KEPT = 4;

/** Keeps it in a directory of its own, which it makes. */
export function createInstallDisk(dir: string): InstallDisk {
  const journal = join(dir, 'install.json');
  const backups = join(dir, 'backups');
  const attempt = <T>(act: () => T): Result<T> => {
    try {
      return ok(act());
    } catch (cause) {
      return err('STATE_UNWRITABLE', cause instanceof Error ? cause.message : dir, cause);
    }
  };
  return {
    journal: () => attempt(() => readIfThere(journal)),
    save: (text) =>
      attempt(() => {
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        writeDurably(journal, text);
      }),
    forget: () =>
      attempt(() => {
        rmSync(`${journal}.new`, { force: true });
        rmSync(journal, { force: true });
        flushDirectory(dir);
        for (const half of namesIn(backups, HALF)) rmSync(join(backups, half), { recursive: true, force: true });
      }),
    keepBackup: (path, files) => attempt(() => keep(backups, path, files)),
    backedUp: (backup, file) =>
      attempt(() => {
        const names = readdirSync(join(backups, backup));
        return names.includes(file) ? new Uint8Array(readFileSync(join(backups, backup, file))) : undefined;
      }),
  };
}

const WHOLE = /^\d{6}-/;
const HALF = /^new-/;

function keep(backups: string, path: string, files: ReadonlyMap<string, Uint8Array>): string {
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  for (const half of namesIn(backups, HALF)) rmSync(join(backups, half), { recursive: true, force: true });
  const last = Number(namesIn(backups, WHOLE).at(-1)?.slice(0, 6) ?? 0);
  const name = `${String(last + 1).padStart(6, '0')}-${path}`;
  const half = join(backups, `new-${name}`);
  mkdirSync(half, { mode: 0o700 });
  for (const [file, bytes] of files) writeFlushed(join(half, file), bytes);
  flushDirectory(half);
  renameSync(half, join(backups, name));
  flushDirectory(backups);
  for (const old of namesIn(backups, WHOLE).slice(0, -KEPT))
    rmSync(join(backups, old), { recursive: true, force: true });
  return name;
}

function writeFlushed(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    writeWhole(fd, bytes, 0);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** In their order; none where there is no directory. */
function namesIn(dir: string, pattern: RegExp): readonly string[] {
  try {
    return readdirSync(dir)
      .filter((name) => pattern.test(name))
      .sort();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}
