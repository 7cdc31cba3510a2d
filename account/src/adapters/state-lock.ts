import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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
  const lock = new DatabaseSync(join(stateDir, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (!(cause instanceof Error) || !('errcode' in cause) || cause.errcode !== SQLITE_BUSY) throw cause;
    throw Object.assign(new Error(stateDir, { cause }), { code: 'ACCOUNT_RUNNING_ALREADY' });
  }
  return () => lock.close();
}
