import {
  OUTBOX_KINDS,
  OUTBOX_MESSAGE_BYTES,
  type OutboxEntry,
  type OutboxKind,
  type OutboxMessage,
  type SeqRange,
} from '@ewon-agent/contracts';
import { byKind, type OutboxFile } from './outbox-open.ts';

/** How many numbers are reserved on the disk at once: what is left of them after a power cut is never given. */
const SEQ_BLOCK = 1024;
/** How many alarms and how many events are kept to be looked at after they were sent. */
const KEEP_SENT = 1000;
/** How many more there may be before the oldest are taken away, which is one more page to write. */
const KEEP_SLACK = 100;

/**
 * Does all of the work or nothing of it; what is counted along is kept only with what it counts.
 * @throws what SQLite says; a transaction that could not even be undone is still open then
 */
export function transaction<T>(file: OutboxFile, work: (counted: OutboxFile) => T): T {
  const counted: OutboxFile = {
    ...file,
    waiting: byKind((kind) => ({ ...file.waiting[kind] })),
    sent: { ...file.sent },
  };
  try {
    file.sql.begin.run();
    const done = work(counted);
    file.sql.commit.run();
    file.mark = counted.mark;
    file.waiting = counted.waiting;
    file.sent = counted.sent;
    return done;
  } catch (cause) {
    if (file.db.isTransaction) file.db.exec('ROLLBACK');
    throw cause;
  } finally {
    file.next = counted.next; // also after a failure: a disk that failed while it flushed may have kept them
  }
}

/** Takes the next numbers. Only every {@link SEQ_BLOCK} of them something is written for it. @returns the first */
export function takeSeqs(file: OutboxFile, howMany: number): number {
  const first = file.next;
  file.next += howMany;
  if (file.next - 1 > file.mark) {
    file.mark = file.next - 1 + SEQ_BLOCK;
    file.sql.raise.run(file.mark);
  }
  return first;
}

/** Writes messages behind all others. */
export function appendTo(file: OutboxFile, messages: readonly OutboxMessage[]): readonly OutboxEntry[] {
  const first = takeSeqs(file, messages.length);
  const epoch = file.epochs.get(0) ?? '';
  return messages.map(({ kind, atMs, body }, i) => {
    const seq = first + i;
    const place = file.base + seq;
    file.sql.of[kind].insert.run(place, 0, 0, seq, atMs, body);
    file.waiting[kind].count += 1;
    file.waiting[kind].bytes += Buffer.byteLength(body) + OUTBOX_MESSAGE_BYTES;
    return { kind, atMs, body, place, epoch, seq };
  });
}

/** Takes away what the account has committed; of alarms and events the newest stay to be looked at. */
export function removeFrom(file: OutboxFile, epoch: string, ranges: readonly SeqRange[]): void {
  const eras = [...file.epochs].flatMap(([era, name]) => (name === epoch ? [era] : []));
  for (const era of eras) {
    for (const [from, to] of ranges) {
      for (const kind of OUTBOX_KINDS) {
        if (file.waiting[kind].count === 0 || from > to) continue;
        const { own, salvaged } = file.sql.of[kind];
        // of the file's own epoch the place is known, so that no index is needed; never below base, where others stand
        const given = [file.base + Math.max(from, 1), file.base + Math.min(to, file.next - 1)];
        const [{ weigh, forget }, where] = era === 0 ? [own, given] : [salvaged, [era, from, to]];
        const weight = weigh.get(...where);
        if (!weight?.['n']) continue;
        forget.run(...where);
        take(file, kind, Number(weight['n']), Number(weight['bytes']));
        if (kind !== 'telemetry') file.sent[kind] += Number(weight['n']);
      }
    }
  }
  for (const kind of OUTBOX_KINDS) {
    if (file.sent[kind] <= KEEP_SENT + KEEP_SLACK) continue;
    file.sql.of[kind].trim.run(KEEP_SENT);
    file.sent[kind] = KEEP_SENT;
  }
}

/** Takes away what is given up. */
export function dropFrom(file: OutboxFile, places: readonly number[]): void {
  for (const place of places) {
    for (const kind of OUTBOX_KINDS) {
      const bytes = file.sql.of[kind].weighOne.get(place)?.['bytes'];
      if (bytes === undefined) continue;
      file.sql.of[kind].drop.run(place);
      take(file, kind, 1, Number(bytes));
    }
  }
}

function take(file: OutboxFile, kind: OutboxKind, count: number, bytes: number): void {
  file.waiting[kind].count -= count;
  file.waiting[kind].bytes -= bytes + count * OUTBOX_MESSAGE_BYTES;
}
