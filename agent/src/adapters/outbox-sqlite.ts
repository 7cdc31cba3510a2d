import { type Millis, OUTBOX_MESSAGE_BYTES, type OutboxPort, ok, type Result } from '@ewon-agent/contracts';
import { entryOf } from './outbox-file.ts';
import { byKind, type OutboxFile, openOutboxFile } from './outbox-open.ts';
import { createWear } from './outbox-wear.ts';
import { appendTo, dropFrom, removeFrom, takeSeqs, transaction } from './outbox-writes.ts';
import { attempt, isDamage } from './sqlite-file.ts';

/**
 * Opens the outbox: one SQLite file of its own, WAL with synchronous FULL, locked for as long as it is open. One
 * `append` is one transaction and so one flush of the disk, however many messages it has.
 * @param waitMs how long to wait for another process to let go of it
 * @throws when the disk takes nothing, or `isLocked` by another agent
 */
export function openSqliteOutbox(path: string, now: () => Millis, waitMs: Millis = 0): OutboxPort {
  let file = openOutboxFile(path, { now, waitMs, lastPlace: 0 });
  let isOpen = true;
  const wear = createWear();

  /** The file; one that could not be opened again the last time is tried anew. */
  function current(): OutboxFile {
    if (isOpen) return file;
    file = openOutboxFile(path, { now, waitMs: 0, lastPlace: file.base + file.next - 1 });
    isOpen = true;
    wear.begin();
    return file;
  }

  function letGo(): void {
    if (isOpen) file.db.close();
    isOpen = false;
  }

  /** Codes: STATE_UNWRITABLE. Work that meets damage is done again in the file that took the damaged one's place. */
  function on<T>(work: (file: OutboxFile) => T): Result<T> {
    const done = attempt(() => work(current()));
    if (done.ok) return done;
    if (isOpen && file.db.isTransaction) letGo(); // what failed could not even be undone
    if (!isDamage(done.fault.cause)) return done;
    letGo();
    return attempt(() => work(current()));
  }

  function write<T>(work: (counted: OutboxFile) => T): Result<T> {
    return on((into) => {
      const done = transaction(into, work);
      wear.committed(into.sql.log.get());
      return done;
    });
  }

  function read<T>(rows: (from: OutboxFile) => readonly T[]): readonly T[] {
    const found = on(rows);
    return found.ok ? found.value : []; // a disk that does not read: it all still waits, and is asked for again
  }

  return {
    get epoch() {
      return file.epochs.get(0) ?? '';
    },
    get opened() {
      return file.opened;
    },
    nextSeq: () => (isOpen && file.next <= file.mark ? ok(file.next++) : write((into) => takeSeqs(into, 1))),
    append: (messages) => (messages.length === 0 ? ok([]) : write((into) => appendTo(into, messages))),
    waiting: (afterPlace, limit) =>
      read(({ sql, epochs }) => sql.waiting.all(afterPlace, limit).map((row) => entryOf(row, epochs))),
    totals: () => byKind((kind) => ({ ...file.waiting[kind] })),
    oldest: (kind, limit, afterPlace = 0) =>
      read(({ sql }) =>
        sql.of[kind].oldest
          .all(afterPlace, limit)
          .map(({ place, bytes }) => ({ place: Number(place), bytes: Number(bytes) + OUTBOX_MESSAGE_BYTES })),
      ),
    remove: (epoch, ranges) => write((from) => removeFrom(from, epoch, ranges)),
    drop: (places) => write((from) => dropFrom(from, places)),
    recentEvents: (limit) =>
      read(({ sql, epochs }) =>
        sql.recent
          .all(limit)
          .map((row) => entryOf(row, epochs))
          .reverse(),
      ),
    written: () => wear.written(),
    close: () => letGo(),
  };
}
