import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Code } from '@ewon-agent/contracts';

/** SQLITE_BUSY: another process holds the lock. */
const SQLITE_BUSY = 5;

/**
 * Takes a state directory for this process alone: two servers with the same keys and one SQLite file would each tell
 * only their own long polls and brokers. SQLite holds the lock, so it ends with the process, also by kill -9. The
 * account's own file stays open to others, for a backup.
 * @returns gives the directory back
 * @throws an error with the code ACCOUNT_RUNNING_ALREADY when another process has it
 */
export function lockState(stateDir: string): () => void {
  return lockFolder(stateDir, { waitMs: 0, code: 'ACCOUNT_RUNNING_ALREADY' });
}

/**
 * Takes a folder for who calls, until it is given back or the process ends.
 * @param waitMs how long to wait, standing still, for who has it
 * @throws an error with this code when somebody else has it
 */
export function lockFolder(
  folder: string,
  { waitMs, code }: { readonly waitMs: number; readonly code: Code },
): () => void {
  const lock = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: waitMs });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (!(cause instanceof Error) || !('errcode' in cause) || cause.errcode !== SQLITE_BUSY) throw cause;
    throw Object.assign(new Error(folder, { cause }), { code });
  }
  return () => lock.close();
}
