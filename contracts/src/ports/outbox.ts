import type { Fault, Result } from '../result.ts';
import type { SeqRange } from '../seq-ranges.ts';
import type { Millis } from '../units.ts';

/** How long a message is worth keeping when room is short: alarms longest, telemetry least. */
export const OUTBOX_KINDS = ['alarm', 'event', 'telemetry'] as const;
export type OutboxKind = (typeof OUTBOX_KINDS)[number];

/** What is to be sent. `body` is the JSON of the message, an object, without `v`, `epoch`, `seq` and `historical`. */
export type OutboxMessage = { readonly kind: OutboxKind; readonly atMs: Millis; readonly body: string };

/**
 * A message that waits. `epoch` and `seq` are its id for ever: what was salvaged from a damaged file keeps the epoch it
 * had. `place` orders what waits; it counts up with each append and is never given twice within a file.
 */
export type OutboxEntry = OutboxMessage & { readonly place: number; readonly epoch: string; readonly seq: number };

/** What a message takes on the disk beside its body: its place, its id, its time. */
export const OUTBOX_MESSAGE_BYTES = 32;

/** How much waits. Bytes are those of the bodies in UTF-8, and {@link OUTBOX_MESSAGE_BYTES} for each. */
export type OutboxTotals = Readonly<Record<OutboxKind, { readonly count: number; readonly bytes: number }>>;

/** A message by its place, and what it takes of {@link OutboxTotals}. */
export type OutboxWeight = { readonly place: number; readonly bytes: number };

/** What was found when it was opened. */
export type OutboxOpened = {
  /** OUTBOX_DAMAGED when the file was damaged: it was set aside under the name in `detail`. */
  readonly damage?: Fault;
  /** How many messages were taken over from a damaged file. */
  readonly salvaged: number;
};

/** What was written to the disk since it was opened, as far as it is known: bytes of the log and of the file behind it. */
export type OutboxWritten = { readonly commits: number; readonly bytes: number };

/**
 * What is to be sent, on the disk until the account says that it has it.
 *
 * Obligations:
 * - What `append` answered ok for survives kill -9 and a power cut, all of one call or nothing of it. Codes:
 *   STATE_UNWRITABLE (the disk is full or fails): nothing was kept, and the next call is tried as if nothing had been.
 *   A disk that fails while it is told to flush may have kept it all the same; a power cut right then brings it back.
 * - `seq` counts up from 1 within `epoch` and is never given twice, also over power cuts; numbers may be left out.
 *   `epoch` is new when the file was lost or damaged.
 * - `waiting` gives what waits, in order of `place`; `remove` and `drop` take away for ever, once they answered ok.
 * - A damaged file is set aside (kept, not deleted) when it is opened, or when a write meets the damage; what can be
 *   read of it waits in the new one, at the places it had. `epoch` and `opened` are new then: read them again.
 * - `recentEvents` gives the newest alarms and events, sent or not, oldest first; at least the last 1000 that were not
 *   dropped are kept.
 */
export type OutboxPort = {
  readonly epoch: string;
  readonly opened: OutboxOpened;
  /** A number for a message that is not kept here, such as `status`. It is of the `epoch` that is read after it was given. */
  nextSeq(): Result<number>;
  /** @returns the entries as they wait now, in the order given */
  append(messages: readonly OutboxMessage[]): Result<readonly OutboxEntry[]>;
  /**
   * What cannot be read of a file that is damaged meanwhile is left out.
   * @param afterPlace 0 from the beginning
   */
  waiting(afterPlace: number, limit: number): readonly OutboxEntry[];
  totals(): OutboxTotals;
  /**
   * The oldest of a kind that wait, for the policy to choose from when room is short.
   * @param afterPlace 0 from the beginning
   */
  oldest(kind: OutboxKind, limit: number, afterPlace?: number): readonly OutboxWeight[];
  /** The account has committed these. Numbers that do not wait are ignored. Codes: STATE_UNWRITABLE. */
  remove(epoch: string, ranges: readonly SeqRange[]): Result<void>;
  /** Gives up the messages of these places, which the policy chose. Codes: STATE_UNWRITABLE. */
  drop(places: readonly number[]): Result<void>;
  recentEvents(limit: number): readonly OutboxEntry[];
  written(): OutboxWritten;
  close(): void;
};
