import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { err, type Millis, ok, type Result } from '@ewon-agent/contracts';

// What every SQLite file of the agent has in common: how it is opened, and how damage and a refusal are told apart.

/** What is beside a SQLite file, itself first: whoever moves a file moves these. `-page1` is of a salvage. */
const SUFFIXES = ['', '-wal', '-shm', '-page1'] as const;

/**
 * Opens a SQLite file for one process alone: WAL with synchronous FULL, so that what was committed survives a power cut.
 * @param options.waitMs how long to wait for another process to let go of it
 * @param options.checkpointPages after how many pages the log is taken over into the file
 * @param options.schema run after the file was found sound; none reads the file as it is, unchecked
 * @throws {@link isDamage}, {@link isLocked}, or what the disk says
 */
export function openSqliteFile(
  path: string,
  options: { readonly waitMs?: Millis; readonly checkpointPages: number; readonly schema?: string },
): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: options.waitMs ?? 0 });
  try {
    db.exec(
      `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -256; PRAGMA wal_autocheckpoint = ${options.checkpointPages};`,
    );
    if (options.schema === undefined) return db;
    const check = db.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw new Error(`quick_check: ${check?.['quick_check']}`);
    db.exec(options.schema);
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/**
 * Renames a damaged file and what is beside it to `<path>.damaged-<time>`.
 * @returns the new name
 */
export function setAside(path: string, atMs: Millis): string {
  const aside = `${path}.damaged-${new Date(atMs).toISOString().replaceAll(/[:.]/g, '')}`;
  for (const suffix of SUFFIXES) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return aside;
}

/** Tells whether opening failed because another agent has the file. SQLITE_BUSY (5). */
export function isLocked(cause: unknown): boolean {
  return codeOf(cause) === 5;
}

/**
 * SQLITE_CORRUPT (11), SQLITE_NOTADB (26) and, of the I/O errors, SQLITE_IOERR_SHORT_READ (522): the file ends where a page should
 * be. A disk that fails, is full or is not ours is no damage.
 */
export function isDamage(cause: unknown): boolean {
  const code = codeOf(cause);
  return (
    code === 11 ||
    code === 26 ||
    wholeCodeOf(cause) === 522 ||
    (cause instanceof Error && cause.message.startsWith('quick_check'))
  );
}

/** Does a write. Codes: STATE_UNWRITABLE, with what the disk or SQLite said. */
export function attempt<T>(write: () => T): Result<T> {
  try {
    return ok(write());
  } catch (cause) {
    return err('STATE_UNWRITABLE', cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function codeOf(cause: unknown): number {
  return wholeCodeOf(cause) & 0xff;
}

function wholeCodeOf(cause: unknown): number {
  return cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) : 0;
}
