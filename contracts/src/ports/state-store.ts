import type { Result } from '../result.ts';

/**
 * The agent's memory: one small document. What is to be sent is kept apart, in the outbox.
 *
 * Obligations:
 * - When `save` has resolved with ok, the document survives a power cut; when it has not, either the old or the
 *   new document is there, never a mixture. Codes: STATE_UNWRITABLE.
 * - `load` answers the last saved text, or undefined when nothing was ever saved. A damaged store is set aside
 *   (kept, not deleted) and answered as STATE_DAMAGED once; afterwards the store is empty and usable.
 */
export type StateStorePort = {
  load(): Result<string | undefined>;
  save(document: string): Result<void>;
  close(): void;
};
