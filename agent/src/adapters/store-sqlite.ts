import type { DatabaseSync } from 'node:sqlite';
import { type Fault, type Millis, ok, type StateStorePort } from '@ewon-agent/contracts';
import { attempt, isDamage, openSqliteFile, setAside } from './sqlite-file.ts';

/**
 * Opens the agent's memory: one SQLite file, WAL with synchronous FULL, so that what was committed survives a
 * power cut. A file that SQLite calls damaged is renamed to `<path>.damaged-<time>` and told about once, by `load`.
 * The file is locked for as long as it is open: two agents on one state would be one device twice.
 * @param waitMs how long to wait for another process to let go of it
 * @throws when the directory cannot be written, or {@link isLocked} by another agent: an agent without memory must not start
 */
export function openSqliteStore(path: string, now: () => number, waitMs: Millis = 0): StateStorePort {
  const { db, damage } = openOrSetAside(path, now, waitMs);
  let told: Fault | undefined = damage;
  const sql = prepare(db);

  return {
    load() {
      const fault = told;
      told = undefined;
      if (fault) return { ok: false, fault };
      const row = sql.load.get();
      return ok(typeof row?.['document'] === 'string' ? row['document'] : undefined);
    },
    save: (document) => attempt(() => void sql.save.run(document)),
    close: () => db.close(),
  };
}

function prepare(db: DatabaseSync) {
  return {
    load: db.prepare('SELECT document FROM state WHERE id = 1'),
    save: db.prepare(
      'INSERT INTO state (id, document) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
    ),
  };
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
  PRAGMA user_version = 1;`;

function openOrSetAside(path: string, now: () => number, waitMs: Millis): { db: DatabaseSync; damage?: Fault } {
  try {
    return { db: openWhole(path, waitMs) };
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    const aside = setAside(path, now());
    return { db: openWhole(path, waitMs), damage: { code: 'STATE_DAMAGED', detail: aside, cause } };
  }
}

/** The quick check follows no chain of pages to its end: a file that was cut off in its last page shows when it is read. */
function openWhole(path: string, waitMs: Millis): DatabaseSync {
  const db = openSqliteFile(path, { waitMs, checkpointPages: 64, schema: SCHEMA });
  try {
    prepare(db).load.get();
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}
