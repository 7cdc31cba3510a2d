import { type Millis, type Timestamp, timestampOf } from '@ewon-agent/contracts';

// The ledger of the location: what was read, from which source, and what became of it, so that a person can see what this device
// does. It holds counts and kinds, never a place or a name of a network.

/** Where evidence comes from. */
export const LOCATION_SOURCES = ['cells', 'wifi', 'gnss'] as const;
export type LocationSource = (typeof LOCATION_SOURCES)[number];

/** What was done. `held`: there was something to tell, and it was not told yet. */
export const LEDGER_DEEDS = ['on', 'off', 'read', 'failed', 'held', 'sent', 'withdrawn'] as const;
export type LedgerFact = {
  readonly did: (typeof LEDGER_DEEDS)[number];
  readonly source?: LocationSource;
  /** In words: what was found, what was told and why, or why not. */
  readonly what: string;
};
/** The same fact again is no new entry: `times` counts, `until` is when it was so last. */
export type LedgerEntry = LedgerFact & { readonly at: Timestamp; readonly until: Timestamp; readonly times: number };
/** Oldest first. */
export type Ledger = readonly LedgerEntry[];

/** So many are kept. */
export const LEDGER_MAX = 64;
/** So many of the newest are shown where the ledger is not what was asked for. */
export const LEDGER_HEAD = 8;

/** Notes a fact. What is read each second is one entry until something is sent or switched. */
export function entered(ledger: Ledger, fact: LedgerFact, atMs: Millis): Ledger {
  const at = timestampOf(atMs);
  const since = ledger.findLastIndex(({ did }) => !isRepeated(did)) + 1;
  const same = isRepeated(fact.did) ? ledger.findIndex((entry, i) => i >= since && isSame(entry, fact)) : -1;
  const known = ledger[same];
  if (!known) return [...ledger, { ...fact, at, until: at, times: 1 }].slice(-LEDGER_MAX);
  return ledger.with(same, { ...known, until: at, times: known.times + 1 });
}

function isRepeated(did: LedgerFact['did']): boolean {
  return did === 'read' || did === 'failed' || did === 'held';
}

function isSame(a: LedgerFact, b: LedgerFact): boolean {
  return a.did === b.did && a.source === b.source && a.what === b.what;
}
