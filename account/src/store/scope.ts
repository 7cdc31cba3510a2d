import type { AccountId } from '@ewon-agent/contracts';
import type { Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** One transaction of one account: what every area of the store works in. */
export type Scope = { readonly db: Transaction<Tables>; readonly accountId: AccountId };
