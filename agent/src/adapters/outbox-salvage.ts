import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type Millis, OUTBOX_KINDS, type OutboxKind } from '@ewon-agent/contracts';
import { beginOutbox, OUTBOX_SCHEMA, prepareOutbox } from './outbox-file.ts';
import { replaceFirstPage } from './outbox-first-page.ts';
import { isDamage, openSqliteFile, setAside } from './sqlite-file.ts';

// A damaged file is read around its bad pages into `<path>.new`, then set aside, then the new one takes its name. The
// damaged one is moved only when the new one is whole on the disk: a power cut at any point loses nothing of it.

type Row = Record<string, SQLOutputValue>;

/** Where the next readable place is looked for in steps of at most this: about as many messages as a page holds. */
const STRIDE_MAX = 16;
const PIECE = 64;
/** Beyond the last place that is known to have been given, this many unreadable ones in a row are the end. */
const BEYOND = 4096;

/**
 * Takes over what can be read of a damaged file.
 * @param lastPlace the highest place that is known to have been given, 0 when none is
 * @returns the name of the file that was set aside, and how many of the messages taken over wait
 * @throws when the disk does not take the new file; the damaged one is where it was then
 */
export function salvage(path: string, atMs: Millis, lastPlace: number): { aside: string; salvaged: number } {
  const coming = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(coming + suffix, { force: true });
  const salvaged = copyReadable(path, coming, lastPlace);
  syncDirectory(path);
  const aside = setAside(path, atMs);
  renameSync(coming, path);
  syncDirectory(path);
  return { aside, salvaged };
}

/** Ends a salvage that a power cut met between its two renames. */
export function finishSalvage(path: string, atMs: Millis): void {
  if (existsSync(path) || !existsSync(`${path}.new`)) return;
  setAside(path, atMs); // a log whose file was set aside already must not be taken for the new file's
  renameSync(`${path}.new`, path);
  syncDirectory(path);
}

function copyReadable(path: string, coming: string, lastPlace: number): number {
  const to = openSqliteFile(coming, { checkpointPages: 1000, schema: OUTBOX_SCHEMA });
  let from: DatabaseSync | undefined;
  try {
    from = openDamaged(path, () => {
      to.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      replaceFirstPage(path, coming);
    });
    const sql = prepareOutbox(to);
    const epochs = new Map<number, string>();
    let [waiting, last] = [0, Math.max(lastPlace, from ? lastGiven(from) : 0)];
    sql.begin.run();
    for (const kind of OUTBOX_KINDS) {
      for (const row of from ? readableRows(from, kind, last) : []) {
        if (!isSound(row)) continue;
        const era = Number(row['era']) + 1; // 0 is the new file's own
        epochs.set(era, epochs.get(era) ?? epochIn(from, era - 1));
        const { place = 0, sent = 0, seq = 0, at = 0, body = '' } = row;
        sql.of[kind].insert.run(place, sent, era, seq, at, body);
        last = Math.max(last, Number(place));
        if (sent === 0) waiting += 1;
      }
    }
    for (const [era, epoch] of epochs) to.prepare('INSERT INTO epoch (era, epoch) VALUES (?, ?)').run(era, epoch);
    beginOutbox(to, last);
    sql.commit.run();
    return waiting;
  } finally {
    to.close();
    from?.close();
  }
}

/** Yields the rows of a kind in order of place, around what cannot be read. */
function* readableRows(db: DatabaseSync, kind: OutboxKind, lastPlace: number): Generator<Row> {
  const select = tried(() => db.prepare(`SELECT * FROM ${kind} WHERE place >= ? ORDER BY place LIMIT ?`));
  if (!select) return; // what was mended is no outbox
  const rowsFrom = (place: number, limit: number) => tried(() => select.all(place, limit));
  for (let [place, end] = [1, lastPlace + BEYOND]; place <= end; ) {
    const rows = rowsFrom(place, PIECE) ?? rowsFrom(place, 1);
    if (rows?.length === 0) return;
    yield* rows ?? [];
    place = rows ? Number(rows.at(-1)?.['place']) + 1 : nextReadable(place, (from) => rowsFrom(from, 1) !== undefined);
    if (rows) end = Math.max(end, place + BEYOND);
  }
}

/** Looks for the end of a bad page: in strides, then back by halves. @returns a place from which to try again */
function nextReadable(bad: number, isReadable: (place: number) => boolean): number {
  let below = bad;
  for (let stride = 1; stride <= STRIDE_MAX; stride *= 2) {
    let above = below + stride;
    if (!isReadable(above)) {
      below = above;
      continue;
    }
    while (above - below > 1) {
      const middle = (below + above) >> 1;
      if (isReadable(middle)) above = middle;
      else below = middle;
    }
    return above;
  }
  return below + 1;
}

/** What was stored is whole: a page that was overwritten in the middle still has rows. */
function isSound(row: Row): boolean {
  const body = row['body'];
  const parsed: unknown = typeof body === 'string' ? tried(() => JSON.parse(body)) : undefined;
  return typeof parsed === 'object' && parsed !== null && Number(row['seq']) > 0 && Number(row['era']) >= 0;
}

/** The epoch of an era; one that cannot be read any more is replaced, because what waits is worth more than its old id. */
function epochIn(db: DatabaseSync | undefined, era: number): string {
  const row = tried(() => db?.prepare('SELECT epoch FROM epoch WHERE era = ?').get(era));
  return typeof row?.['epoch'] === 'string' ? row['epoch'] : randomBytes(9).toString('base64url');
}

function lastGiven(db: DatabaseSync): number {
  const row = tried(() => db.prepare('SELECT base + seq AS place FROM counter').get());
  return Number(row?.['place'] ?? 0);
}

/** Opens a damaged file. @param mend called when its tables are not known any more; then it is tried again */
function openDamaged(path: string, mend: () => void): DatabaseSync | undefined {
  const found = openUnchecked(path);
  if (found && knowsTables(found)) return found;
  found?.close();
  mend();
  return openUnchecked(path);
}

function knowsTables(db: DatabaseSync): boolean {
  return OUTBOX_KINDS.every((kind) => tried(() => db.prepare(`SELECT * FROM ${kind}`)) !== undefined);
}

function openUnchecked(path: string): DatabaseSync | undefined {
  try {
    return openSqliteFile(path, { checkpointPages: 1000 });
  } catch (cause) {
    if (isDamage(cause)) return undefined; // not even the header can be read
    throw cause;
  }
}

/** Reads what may not be readable; whatever SQLite says of it, it is lost. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function syncDirectory(path: string): void {
  const fd = openSync(dirname(path), 'r');
  fsyncSync(fd);
  closeSync(fd);
}
