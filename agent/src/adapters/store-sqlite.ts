import { randomBytes } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  err,
  type Fault,
  type Millis,
  ok,
  type Result,
  type StateStorePort,
  type StoredEvent,
} from '@ewon-agent/contracts';

/** How many events stay on the disk for `status` and `diag` after they were sent. */
const KEEP_EVENTS = 1000;

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
  const epoch = takeEpoch(db);

  return {
    epoch,
    load() {
      const fault = told;
      told = undefined;
      if (fault) return { ok: false, fault };
      const row = sql.load.get();
      return ok(typeof row?.['document'] === 'string' ? row['document'] : undefined);
    },
    save: (document) => attempt(() => sql.save.run(document)),
    nextSeq() {
      let seq = 0;
      const done = attempt(() => {
        // not get(): that ends the statement before its commit, and a commit that fails on a full disk is not told
        seq = Number(sql.nextSeq.all()[0]?.['seq']);
      });
      return done.ok ? ok(seq) : done;
    },
    appendEvent: ({ seq, body }) =>
      attempt(() => {
        sql.append.run(seq, body);
        sql.trim.run(KEEP_EVENTS);
      }),
    unsentEvents: (limit) => sql.unsent.all(limit).map(eventOf),
    recentEvents: (limit) => sql.recent.all(limit).map(eventOf).reverse(),
    markSent: (seq) => attempt(() => sql.markSent.run(seq)),
    close: () => db.close(),
  };
}

function prepare(db: DatabaseSync) {
  return {
    load: db.prepare('SELECT document FROM state WHERE id = 1'),
    save: db.prepare(
      'INSERT INTO state (id, document) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
    ),
    nextSeq: db.prepare('UPDATE counter SET seq = seq + 1 WHERE id = 1 RETURNING seq'),
    append: db.prepare('INSERT INTO event (seq, body, sent) VALUES (?, ?, 0)'),
    trim: db.prepare('DELETE FROM event WHERE seq <= (SELECT seq FROM event ORDER BY seq DESC LIMIT 1 OFFSET ?)'),
    unsent: db.prepare('SELECT seq, body FROM event WHERE sent = 0 ORDER BY seq LIMIT ?'),
    recent: db.prepare('SELECT seq, body FROM event ORDER BY seq DESC LIMIT ?'),
    markSent: db.prepare('UPDATE event SET sent = 1 WHERE seq = ?'),
  };
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, sent INTEGER NOT NULL) STRICT;
  PRAGMA user_version = 1;`;

function open(path: string, waitMs: Millis): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: waitMs });
  try {
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -256; PRAGMA wal_autocheckpoint = 64;',
    );
    const check = db.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw new Error(`quick_check: ${check?.['quick_check']}`);
    db.exec(SCHEMA);
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

function openOrSetAside(path: string, now: () => number, waitMs: Millis): { db: DatabaseSync; damage?: Fault } {
  try {
    return { db: open(path, waitMs) };
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    const aside = `${path}.damaged-${new Date(now()).toISOString().replaceAll(/[:.]/g, '')}`;
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    return { db: open(path, waitMs), damage: { code: 'STATE_DAMAGED', detail: aside, cause } };
  }
}

/** Tells whether opening failed because another agent has the store. SQLITE_BUSY (5). */
export function isLocked(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && Number(cause.errcode) === 5;
}

/** SQLITE_CORRUPT (11) and SQLITE_NOTADB (26); a full disk or a missing right is no damage. */
function isDamage(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  return code === 11 || code === 26 || cause.message.startsWith('quick_check');
}

function takeEpoch(db: DatabaseSync): string {
  const row = db.prepare('SELECT epoch FROM counter WHERE id = 1').get();
  if (typeof row?.['epoch'] === 'string') return row['epoch'];
  const epoch = randomBytes(9).toString('base64url');
  db.prepare('INSERT INTO counter (id, epoch, seq) VALUES (1, ?, 0)').run(epoch);
  return epoch;
}

function eventOf(row: Record<string, unknown>): StoredEvent {
  return { seq: Number(row['seq']), body: String(row['body']) };
}

function attempt(write: () => unknown): Result<void> {
  try {
    write();
    return ok(undefined);
  } catch (cause) {
    return err('STATE_UNWRITABLE', cause instanceof Error ? cause.message : String(cause), cause);
  }
}
