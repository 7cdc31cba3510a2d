// Which failures of a transaction mean that the same work may be run again. Compared by code (SQLSTATE of PostgreSQL 15,
// appendix A; system calls by their name), never by text.

/**
 * `conflict`: another transaction was in the way, and nothing of this one is kept. `lost`: the connection is gone, so
 * nothing is kept unless it was lost at the commit. `refusal`: everything else, which would be the same a second time.
 */
export type StoreFailure = 'conflict' | 'lost' | 'refusal';

/** The code by which an adapter says that a connection is gone and what it had sent has no answer. */
export const CONNECTION_LOST = 'STORE_CONNECTION_LOST';

/** serialization_failure, deadlock_detected, lock_not_available (somebody else holds the store and does not go on). */
const CONFLICTS: readonly string[] = ['40001', '40P01', '55P03'];
/** The server is not there, is going or coming, or has given our session up; 08 is the class of connection failures. */
const LOST: readonly string[] = [
  ...[CONNECTION_LOST, '57P01', '57P02', '57P03', '57P05', '25P03', '53300'],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ENOENT',
  ],
];

/** Tells what a failure of the database means, whatever was thrown. */
export function storeFailureOf(thrown: unknown): StoreFailure {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (CONFLICTS.includes(code)) return 'conflict';
  return LOST.includes(code) || code.startsWith('08') ? 'lost' : 'refusal';
}
