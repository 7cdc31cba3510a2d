import type { LocationEvidence, LocationOffBy, Timestamp } from '@ewon-agent/contracts';
import type { Location, LocationRules } from './location.ts';
import { LEDGER_HEAD, type Ledger, type LocationSource } from './location-ledger.ts';
import type { Decision } from './policy.ts';

// What is said of the location: at the board all of it, elsewhere no place.

/** What `ewon-agent location --json` prints, for who is at the board. */
export type LocationStatus = LocationHead & {
  readonly sources: readonly LocationSource[];
  /** What the account was told last. `arrived`: its broker had it. */
  readonly told?: { readonly at: Timestamp; readonly evidence: LocationEvidence; readonly arrived: boolean };
  /** Who ended it, while the account does not know yet that what it was told is taken back. */
  readonly withdrawing?: LocationOffBy;
};
/** The switch and the ledger, without a place: for status and diag. */
export type LocationHead = Decision & { readonly why: string; readonly ledger: Ledger };

/** @param decision in words, as `ewon-agent policy` gives it */
export function locationStatus(
  { told, withdrawing, ledger }: Pick<Location, 'told' | 'withdrawing' | 'ledger'>,
  { sources }: Pick<LocationRules, 'sources'>,
  decision: Decision & { readonly why: string },
): LocationStatus {
  const { on, by, why } = decision;
  return {
    ...{ on, by, why, ledger, sources },
    ...(told && { told: { at: told.at, evidence: told.evidence, arrived: told.arrived } }),
    ...(withdrawing && { withdrawing: withdrawing.by }),
  };
}

/** Leaves out every place, and all but the newest of the ledger. */
export function locationHead({ on, by, why, ledger }: LocationStatus): LocationHead {
  return { on, by, why, ledger: ledger.slice(-LEDGER_HEAD) };
}
