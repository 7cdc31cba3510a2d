import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { type Millis, OUTBOX_MESSAGE_BYTES, type OutboxKind, type OutboxOpened } from '@ewon-agent/contracts';
import { beginOutbox, OUTBOX_SCHEMA, type OutboxSql, prepareOutbox } from './outbox-file.ts';
import { finishSalvage, salvage } from './outbox-salvage.ts';
import { isDamage, openSqliteFile } from './sqlite-file.ts';

/** How much of a kind waits, counted along so that nobody has to ask the disk. */
export type Waiting = Record<OutboxKind, { count: number; bytes: number }>;

/** An open file and what is known of it without reading it again. */
export type OutboxFile = {
  readonly db: DatabaseSync;
  readonly sql: OutboxSql;
  readonly opened: OutboxOpened;
  readonly epochs: ReadonlyMap<number, string>;
  readonly base: number;
  /** The highest number that may have been given, as the disk knows it. */
  mark: number;
  /** The next number to be given. */
  next: number;
  waiting: Waiting;
  /** How many of a kind are kept to be looked at although they were sent. */
  sent: Record<OutboxKind, number>;
};

/** After how many pages the log is taken over: 4 MiB. So seldom that it is not among the slowest hundredth of the commits. */
const CHECKPOINT_PAGES = 1000;

/**
 * Opens the file, after what can be read of a damaged one was taken over.
 * @param lastPlace the highest place given so far, when it is opened again because of damage
 * @throws when the disk takes nothing, or another process has it
 */
export function openOutboxFile(
  path: string,
  options: { now: () => Millis; waitMs: Millis; lastPlace: number },
): OutboxFile {
  const opening = { waitMs: options.waitMs, checkpointPages: CHECKPOINT_PAGES, schema: OUTBOX_SCHEMA };
  finishSalvage(path, options.now());
  const isNew = !existsSync(path);
  let opened: OutboxOpened = { salvaged: 0 };
  let db: DatabaseSync | undefined;
  try {
    db = openSqliteFile(path, opening);
    return read(db, opened);
  } catch (cause) {
    db?.close();
    if (isNew || !isDamage(cause)) throw cause;
    const { aside, salvaged } = salvage(path, options.now(), options.lastPlace);
    opened = { salvaged, damage: { code: 'OUTBOX_DAMAGED', detail: aside, cause } };
    return read(openSqliteFile(path, opening), opened);
  }
}

function read(db: DatabaseSync, opened: OutboxOpened): OutboxFile {
  const sql = prepareOutbox(db);
  if (!sql.counter.get()) {
    sql.begin.run();
    beginOutbox(db, 0);
    sql.commit.run();
  }
  const { base, seq } = sql.counter.get() ?? {};
  const sums = byKind((kind) => sql.of[kind].sum.get());
  return {
    db,
    sql,
    opened,
    epochs: new Map(sql.epochs.all().map(({ era, epoch }) => [Number(era), String(epoch)])),
    base: Number(base),
    mark: Number(seq),
    next: Number(seq) + 1,
    waiting: byKind((kind) => {
      const count = Number(sums[kind]?.['n']);
      return { count, bytes: Number(sums[kind]?.['bytes']) + count * OUTBOX_MESSAGE_BYTES };
    }),
    sent: byKind((kind) => Number(sql.of[kind].sent.get()?.['n'])),
  };
}

/** Asks the same of each kind. */
export function byKind<T>(of: (kind: OutboxKind) => T): Record<OutboxKind, T> {
  return { alarm: of('alarm'), event: of('event'), telemetry: of('telemetry') };
}
