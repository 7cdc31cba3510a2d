import { OUTBOX_KINDS, type OutboxEntry, type OutboxKind, type OutboxPort } from '../ports/outbox.ts';
import { ok } from '../result.ts';
import type { SeqRange } from '../seq-ranges.ts';

const EVENTS_KEPT = 1500;

/** An outbox in memory, which forgets everything with the process. */
export function memoryOutbox(epoch = 'e'): OutboxPort {
  let waiting: OutboxEntry[] = [];
  let events: OutboxEntry[] = [];
  let [seq, place] = [0, 0];
  const isIn = (ranges: readonly SeqRange[], number: number) => ranges.some(([a, b]) => a <= number && number <= b);
  const totalOf = (kind: OutboxKind) => {
    const of = waiting.filter((entry) => entry.kind === kind);
    return { count: of.length, bytes: of.reduce((sum, { body }) => sum + body.length, 0) };
  };
  return {
    epoch,
    opened: { salvaged: 0 },
    nextSeq: () => ok(++seq),
    append(messages) {
      const entries = messages.map((message) => ({ ...message, epoch, seq: ++seq, place: ++place }));
      waiting.push(...entries);
      events = [...events, ...entries.filter(({ kind }) => kind !== 'telemetry')].slice(-EVENTS_KEPT);
      return ok(entries);
    },
    waiting: (afterPlace, limit) => waiting.filter((entry) => entry.place > afterPlace).slice(0, limit),
    totals: () => {
      const [alarm, event, telemetry] = OUTBOX_KINDS.map(totalOf);
      const none = { count: 0, bytes: 0 };
      return { alarm: alarm ?? none, event: event ?? none, telemetry: telemetry ?? none };
    },
    oldest: (kind, limit, afterPlace = 0) =>
      waiting
        .filter((entry) => entry.kind === kind && entry.place > afterPlace)
        .slice(0, limit)
        .map((entry) => ({ place: entry.place, bytes: entry.body.length })),
    remove(of, ranges) {
      waiting = waiting.filter((entry) => entry.epoch !== of || !isIn(ranges, entry.seq));
      return ok(undefined);
    },
    drop(places) {
      const isLeft = (entry: OutboxEntry) => !places.includes(entry.place);
      [waiting, events] = [waiting.filter(isLeft), events.filter(isLeft)];
      return ok(undefined);
    },
    recentEvents: (limit) => events.slice(-limit),
    written: () => ({ commits: 0, bytes: 0 }),
    close() {},
  };
}
