// What is sent next, of all that waits in the outbox, over one session. Two lanes: what was accepted since the session
// began (live) goes first and finds room kept free; what had waited before (the backlog) is read from the disk in its
// order behind it. A message leaves the outbox only when the account says that it has committed it.

import { type AckMessage, MQTT_IN_FLIGHT_MAX, type OutboxEntry, rangesOf, type SeqRange } from '@ewon-agent/contracts';

export type SendLimits = {
  /** Messages that were handed to the broker and not acknowledged by it. */
  readonly inFlight: number;
  /** So many of those are kept free for live messages. */
  readonly liveReserve: number;
  /** Bytes of the backlog in flight: what is in the buffers of a slow line stands before the next alarm. */
  readonly backlogBytes: number;
  /** Messages that the broker has and the account has not committed. */
  readonly unacknowledged: number;
  /** Live messages in memory; more are left to the disk. */
  readonly liveQueue: number;
};

export const SEND_LIMITS: SendLimits = {
  inFlight: MQTT_IN_FLIGHT_MAX,
  liveReserve: 20,
  backlogBytes: 64 * 1024,
  unacknowledged: 5000,
  liveQueue: 1000,
};

/** How many are read from the disk at once. */
export const LOAD_COUNT = 250;

export type SendLanes = {
  /** Takes note of a message that was accepted; it is on the disk already. */
  accepted(entry: OutboxEntry): void;
  /** The place behind which the backlog is to be read now; undefined while there is enough, or nothing more. */
  wantsAfter(): number | undefined;
  /** What was read behind that place, at most {@link LOAD_COUNT}. */
  loaded(entries: readonly OutboxEntry[]): void;
  /** The next message, which counts as in flight from now on; undefined when there is none or no room. */
  next(): OutboxEntry | undefined;
  /** The broker acknowledged it, or will not. */
  left(entry: OutboxEntry): void;
  /** What an acknowledgement of the account is about: of what was sent over this session, no more. */
  acknowledged(ack: Pick<AckMessage, 'epoch' | 'ranges'>): readonly SeqRange[];
  /** All that was acknowledged has left the disk; until then it is not sent again, though it can still be read there. */
  removed(): void;
  /** How many messages the account has not committed yet. */
  unacknowledged(): number;
  /** Begins anew: all that waits is sent again. The account was silent for too long. */
  again(): void;
};

/** Makes the lanes of a session that begins now. */
export function createSendLanes(limits: SendLimits = SEND_LIMITS): SendLanes {
  let live: OutboxEntry[] = [];
  let backlog: OutboxEntry[] = [];
  let readUpTo = 0;
  let isAllRead = false;
  /** From here on messages come by the live lane; the backlog ends before. */
  let liveFrom = Number.POSITIVE_INFINITY;
  const inFlight = new Map<number, number>(); // place → bytes of the backlog
  let backlogBytes = 0;
  const unacknowledged = new Map<number, OutboxEntry>();
  const leaving = new Set<number>(); // places

  const isRoom = (reserve: number) =>
    inFlight.size < limits.inFlight - reserve && unacknowledged.size < limits.unacknowledged;
  const take = (entry: OutboxEntry, bytes: number): OutboxEntry => {
    inFlight.set(entry.place, bytes);
    backlogBytes += bytes;
    unacknowledged.set(entry.place, entry);
    return entry;
  };

  return {
    accepted(entry) {
      if (live.length < limits.liveQueue) {
        liveFrom = Math.min(liveFrom, entry.place);
        live.push(entry);
        return;
      }
      // more at a time than can be sent: they are read from the disk, in their order, and the next one is live again
      live = [];
      liveFrom = Number.POSITIVE_INFINITY;
      isAllRead = false;
    },
    wantsAfter: () => (isAllRead || backlog.length > 0 ? undefined : readUpTo),
    loaded(entries) {
      const before = entries.filter(({ place }) => place < liveFrom);
      isAllRead = entries.length < LOAD_COUNT || before.length < entries.length;
      readUpTo = before.at(-1)?.place ?? readUpTo;
      backlog = before.filter(({ place }) => !unacknowledged.has(place) && !leaving.has(place));
    },
    next() {
      const first = live[0];
      if (first && isRoom(0)) {
        live.shift();
        return take(first, 0);
      }
      const next = backlog[0];
      if (!next || !isRoom(limits.liveReserve) || backlogBytes >= limits.backlogBytes) return undefined;
      backlog.shift();
      return take(next, next.body.length);
    },
    left({ place }) {
      backlogBytes -= inFlight.get(place) ?? 0;
      inFlight.delete(place);
    },
    acknowledged({ epoch, ranges }) {
      const seqs: number[] = [];
      for (const [place, entry] of unacknowledged) {
        if (entry.epoch !== epoch || !ranges.some(([from, to]) => from <= entry.seq && entry.seq <= to)) continue;
        unacknowledged.delete(place);
        leaving.add(place);
        seqs.push(entry.seq);
      }
      return rangesOf(seqs);
    },
    removed: () => leaving.clear(),
    unacknowledged: () => unacknowledged.size,
    again() {
      unacknowledged.clear();
      live = [];
      backlog = [];
      readUpTo = 0;
      isAllRead = false;
      liveFrom = Number.POSITIVE_INFINITY;
    },
  };
}
