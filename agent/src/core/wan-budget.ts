import { type Millis, timestampOf } from '@ewon-agent/contracts';
import type { Budget } from './wan-saved.ts';

// What probes may cost in a month. The session itself is the cheapest probe and is not counted: it is there anyway.

/**
 * Counts bytes. A month begins anew only when the clock goes forward into it: one that was set back, or stands at 1970 after
 * a start, gives nothing away.
 */
export function spend(budget: Budget, bytes: number, atMs: Millis): Budget {
  const month = timestampOf(atMs).slice(0, 7);
  if (month > budget.month) return { month, bytes };
  return bytes === 0 ? budget : { ...budget, bytes: budget.bytes + bytes };
}

/** What a proof costs at most, so that the last one does not break the limit: names, TCP, TLS with two certificates, an answer. */
export const PROOF_BYTES_MAX = 12_000;

/** Tells whether there is room for another proof. */
export function mayProbe(budget: Budget, maxBytes: number): boolean {
  return budget.bytes + PROOF_BYTES_MAX <= maxBytes;
}
