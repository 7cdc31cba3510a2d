import { SECOND_MS } from '@ewon-agent/contracts';
import type { Change } from '../bus.ts';

/** As many servers as one account may have; `account mosquitto-files` makes a client for each. */
export const PLACES = 16;
/** How long nobody may lead after the one that led is gone. */
export const LEAD_WITHIN_MS = 5 * SECOND_MS;

/**
 * The other servers of the account, on the same database.
 *
 * Obligations:
 * - `place` is a whole number below {@link PLACES} that no other server has while this one runs.
 * - What `tell` is given comes to every other server once, in order, within a moment. Where that fails, because the
 *   connection was lost or there was too much, the others are told `missed` instead: to read anew.
 * - At most one server leads, but for moments in which a connection is lost. One that leads and goes is followed by
 *   another within {@link LEAD_WITHIN_MS}.
 */
export type Siblings = {
  readonly place: number;
  tell(change: Change): void;
  readonly leads: boolean;
  /** Calls at every change of `leads`. @returns ends it */
  watchLead(listener: (leads: boolean) => void): () => void;
  /** Resolves when another server has taken this one's place: it must end. */
  readonly displaced: Promise<void>;
  close(): Promise<void>;
};

/** A server whose database is its own: it leads, and has nobody to tell. */
export const NO_SIBLINGS: Siblings = {
  place: 0,
  tell: () => {},
  leads: true,
  watchLead: () => () => {},
  displaced: new Promise(() => {}),
  close: async () => {},
};
