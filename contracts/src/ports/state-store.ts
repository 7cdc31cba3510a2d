import type { Result } from '../result.ts';

/**
 * The agent's memory: one small document, and the events not yet sent.
 *
 * Obligations:
 * - When `save` has resolved with ok, the document survives a power cut; when it has not, either the old or the
 *   new document is there, never a mixture. Codes: STATE_UNWRITABLE.
 * - `load` answers the last saved text, or undefined when nothing was ever saved. A damaged store is set aside
 *   (kept, not deleted) and answered as STATE_DAMAGED once; afterwards the store is empty and usable.
 * - `nextSeq` counts up from 1 within an epoch and never gives a number twice, also over power cuts; `epoch` is new when the counter was lost.
 * - `appendEvent` keeps at least the newest `keepEvents` entries; `unsentEvents` gives those not marked sent, oldest first.
 */
export type StateStorePort = {
  readonly epoch: string;
  load(): Result<string | undefined>;
  save(document: string): Result<void>;
  nextSeq(): Result<number>;
  appendEvent(event: StoredEvent): Result<void>;
  unsentEvents(limit: number): readonly StoredEvent[];
  recentEvents(limit: number): readonly StoredEvent[];
  markSent(seq: number): Result<void>;
  close(): void;
};

/** One line of the event log. `body` is the JSON of an EventMessage without `historical`. */
export type StoredEvent = { readonly seq: number; readonly body: string };
