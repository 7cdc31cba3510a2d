import { DatabaseSync } from 'node:sqlite';
import { type AccountFacts, readFacts } from './facts.ts';

/** How long a server may be in the middle of a commit. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Copies the database while a server writes it: VACUUM INTO is one read transaction, which WAL lets go on beside the writer, so
 * the copy is of one moment and nothing waits for it.
 */
export async function copySqlite(path: string, to: string): Promise<AccountFacts> {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
  const copy = new DatabaseSync(to, { readOnly: true });
  try {
    return await readFacts(async (sql) => copy.prepare(sql).all());
  } finally {
    copy.close();
  }
}
