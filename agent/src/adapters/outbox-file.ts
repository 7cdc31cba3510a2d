import { randomBytes } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { OUTBOX_KINDS, type OutboxEntry, type OutboxKind } from '@ewon-agent/contracts';

// The tables of outbox.db. Each kind has its own, so that the oldest of a kind stands first without an index, which
// every message would have to be written into as well. A message of the file's own epoch has the place base + seq; one
// that was salvaged keeps the place it had, below base, and an era that names its epoch.

/** A row as it is written. `era` 0 is the file's own epoch. */
export type OutboxRow = OutboxEntry & { readonly era: number; readonly sent: 0 | 1 };

export const OUTBOX_SCHEMA = `${OUTBOX_KINDS.map(
  (kind) => `
  CREATE TABLE IF NOT EXISTS ${kind} (place INTEGER PRIMARY KEY, sent INTEGER NOT NULL, era INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS ${kind}_salvaged ON ${kind} (era, seq) WHERE era > 0;`,
).join('')}
  CREATE TABLE IF NOT EXISTS epoch (era INTEGER PRIMARY KEY, epoch TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), base INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
  PRAGMA user_version = 1;`;

export type OutboxSql = ReturnType<typeof prepareOutbox>;

/** Prepares every statement once: what is parsed for each message costs more than what is written. */
export function prepareOutbox(db: DatabaseSync) {
  const waitingOf = (kind: OutboxKind, index: number) =>
    `SELECT ${index} AS kind, place, era, seq, at, body FROM ${kind} WHERE sent = 0 AND place > ?1`;
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    counter: db.prepare('SELECT base, seq FROM counter WHERE id = 1'),
    raise: db.prepare('UPDATE counter SET seq = ? WHERE id = 1'),
    epochs: db.prepare('SELECT era, epoch FROM epoch'),
    // the three are merged, not sorted: each is in order of place
    waiting: db.prepare(`${OUTBOX_KINDS.map(waitingOf).join(' UNION ALL ')} ORDER BY place LIMIT ?2`),
    recent: db.prepare(
      'SELECT 0 AS kind, place, era, seq, at, body FROM alarm UNION ALL SELECT 1, place, era, seq, at, body FROM event ORDER BY place DESC LIMIT ?',
    ),
    // not: PRAGMA wal_checkpoint, which without a word takes the log over; this only looks
    log: db.prepare('PRAGMA wal_checkpoint(NOOP)'),
    of: {
      alarm: prepareKind(db, 'alarm'),
      event: prepareKind(db, 'event'),
      telemetry: prepareKind(db, 'telemetry'),
    },
  };
}

function prepareKind(db: DatabaseSync, kind: OutboxKind) {
  const weight = 'count(*) AS n, ifnull(sum(octet_length(body)), 0) AS bytes';
  const take = (where: string) => ({
    weigh: db.prepare(`SELECT ${weight} FROM ${kind} WHERE sent = 0 AND ${where}`),
    forget: db.prepare(
      kind === 'telemetry'
        ? `DELETE FROM ${kind} WHERE sent = 0 AND ${where}`
        : `UPDATE ${kind} SET sent = 1 WHERE sent = 0 AND ${where}`,
    ),
  });
  return {
    insert: db.prepare(`INSERT INTO ${kind} (place, sent, era, seq, at, body) VALUES (?, ?, ?, ?, ?, ?)`),
    own: take('place BETWEEN ? AND ?'),
    salvaged: take('era > 0 AND era = ? AND seq BETWEEN ? AND ?'),
    weighOne: db.prepare(`SELECT octet_length(body) AS bytes FROM ${kind} WHERE sent = 0 AND place = ?`),
    drop: db.prepare(`DELETE FROM ${kind} WHERE place = ?`),
    oldest: db.prepare(
      `SELECT place, octet_length(body) AS bytes FROM ${kind} WHERE sent = 0 AND place > ? ORDER BY place LIMIT ?`,
    ),
    sum: db.prepare(`SELECT ${weight} FROM ${kind} WHERE sent = 0`),
    sent: db.prepare(`SELECT count(*) AS n FROM ${kind} WHERE sent = 1`),
    trim: db.prepare(
      `DELETE FROM ${kind} WHERE sent = 1 AND place <= (SELECT place FROM ${kind} WHERE sent = 1 ORDER BY place DESC LIMIT 1 OFFSET ?)`,
    ),
    last: db.prepare(`SELECT ifnull(max(place), 0) AS place FROM ${kind}`),
  };
}

/** Reads an entry out of a row of `waiting` or `recent`. */
export function entryOf(row: Record<string, SQLOutputValue>, epochs: ReadonlyMap<number, string>): OutboxEntry {
  return {
    kind: OUTBOX_KINDS[Number(row['kind'])] ?? 'telemetry',
    atMs: Number(row['at']),
    body: String(row['body']),
    place: Number(row['place']),
    epoch: epochs.get(Number(row['era'])) ?? '',
    seq: Number(row['seq']),
  };
}

/** Writes the counter and the epoch of a new file. @param base the last place that was taken before it */
export function beginOutbox(db: DatabaseSync, base: number): void {
  db.prepare('INSERT INTO epoch (era, epoch) VALUES (0, ?)').run(randomBytes(9).toString('base64url'));
  db.prepare('INSERT INTO counter (id, base, seq) VALUES (1, ?, 0)').run(base);
}
