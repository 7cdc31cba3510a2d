// How much a broker may send. The account sends acknowledgements, policy and commands: a few KiB a second at the most.
// More is a broker that floods us: each message is small enough, but all of them keep a board from its work.

import { KIB, type Millis, SECOND_MS } from '@ewon-agent/contracts';

/** Bytes that may come now, and from when on that counts. */
export type InboundBudget = { readonly bytes: number; readonly atMs: Millis };

/** At once: all that is retained for a device, each a packet of the greatest length four times. */
export const INBOUND_BURST_BYTES = 1024 * KIB;
/** In the long run: acknowledgements of 10,000 messages a second are a tenth of it. */
export const INBOUND_BYTES_PER_SECOND = 128 * KIB;

/** A session begins with all of it. */
export function fullBudget(atMs: Millis): InboundBudget {
  return { bytes: INBOUND_BURST_BYTES, atMs };
}

/**
 * Takes what came out of the budget.
 * @param atMs of a clock that does not jump
 * @returns what is left; undefined when more came than may
 */
export function spend(budget: InboundBudget, bytes: number, atMs: Millis): InboundBudget | undefined {
  const earned = (Math.max(0, atMs - budget.atMs) / SECOND_MS) * INBOUND_BYTES_PER_SECOND;
  const left = Math.min(INBOUND_BURST_BYTES, budget.bytes + earned) - bytes;
  return left < 0 ? undefined : { bytes: left, atMs };
}
