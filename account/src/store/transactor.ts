import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** Runs work in one transaction of its own, alone, as {@link Store} promises of `transact`. */
export type Transactor = <T>(db: Kysely<Tables>, work: (trx: Transaction<Tables>) => Promise<T>) => Promise<T>;

/** For a database that only this process writes, one transaction after another: nothing is ever to be repeated. */
export const transactOnce: Transactor = (db, work) => db.transaction().setIsolationLevel('serializable').execute(work);
