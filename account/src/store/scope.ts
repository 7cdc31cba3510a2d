import type { AccountId } from '@ewon-agent/contracts';
import type { CompiledQuery, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** One transaction of one account: what every area of the store works in. */
export type Scope = {
  readonly db: Transaction<Tables>;
  readonly accountId: AccountId;
  /** Statements of many rows, kept by the store: to write one down takes longer than to run it. */
  readonly ready: Map<string, CompiledQuery>;
  /**
   * What was read in this transaction and holds until this transaction writes it: pieces of work that share a commit ask for the
   * same account, key and counts. Whoever writes takes out what is different then; a piece that fails takes all of it along.
   */
  readonly kept: Map<string, unknown>;
};
