import { type ClockPort, type Millis, type RandomPort, SECOND_MS } from '@ewon-agent/contracts';
import { type ControlledTransaction, type Kysely, sql } from 'kysely';
import { CONNECTION_LOST, storeFailureOf } from '../core/store-failure.ts';
import type { Tables } from './schema.ts';
import type { Transactor } from './transactor.ts';

// One transaction at a time, over all processes, as in a SQLite file: they take turns at the lock of one table. It is
// asked for before the first question, so the snapshot of a serializable transaction is of the time at which it has its
// turn, and there is nothing left to conflict with: left to conflict, a batch of 500 messages would be thrown away for
// one row that another process touched, again and again (docs/decisions/0022-postgresql.md).

/** How long a transaction is repeated before who asked is told; a restart of PostgreSQL takes a second or two. */
const REPEAT_FOR_MS = 10 * SECOND_MS;
/** Pause before a repetition: full jitter up to 20 ms, 40 ms, … 1 s. */
const PAUSE_FIRST_MS = 20;
const PAUSE_MAX_MS = SECOND_MS;

/** What became of one try. */
type Try<T> =
  | { readonly at: 'committed'; readonly value: T }
  /** Nothing of it is kept. */
  | { readonly at: 'undone'; readonly cause: unknown }
  /** The connection broke at the commit, which may have been carried out. */
  | { readonly at: 'open'; readonly cause: unknown; readonly value: T; readonly transactionId: string };

/**
 * Makes a transactor that repeats what failed for reasons that are not its own: a conflict with another transaction, a
 * connection that was lost before the commit. A connection lost at the commit leaves the outcome open; then PostgreSQL
 * is asked by the number of the transaction, and the work is repeated only when it was not committed.
 * @returns one whose work may run several times: what it does beside its transaction must not add up. It rejects with
 * what failed last once it has tried for 10 s; with "it is not known" when it could not find out
 */
export function repeatingTransactor({ clock, random }: Chance): Transactor {
  return async (db, work) => {
    const untilMs = clock.monotonic() + REPEAT_FOR_MS;
    let failed = 0;
    const again = async (cause: unknown): Promise<void> => {
      if (storeFailureOf(cause) === 'refusal' || clock.monotonic() >= untilMs) throw cause;
      failed += 1;
      await pause(clock, random.fraction() * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(failed, 10)));
    };
    for (;;) {
      const tried = await tryOnce(db, work);
      if (tried.at === 'committed') return tried.value;
      if (tried.at === 'undone') {
        await again(tried.cause);
        continue;
      }
      if (await becameCommitted(db, tried, again)) return tried.value;
    }
  };
}

type Chance = { readonly clock: ClockPort; readonly random: RandomPort };
/** Waits before a repetition, or throws the cause when there is to be none. */
type Again = (cause: unknown) => Promise<void>;

async function tryOnce<T>(
  db: Kysely<Tables>,
  work: (trx: ControlledTransaction<Tables>) => Promise<T>,
): Promise<Try<T>> {
  let trx: ControlledTransaction<Tables>;
  try {
    trx = await db.startTransaction().setIsolationLevel('serializable').execute();
  } catch (cause) {
    return { at: 'undone', cause };
  }
  let value: T;
  let transactionId: string | null;
  try {
    await sql`lock table account in share row exclusive mode`.execute(trx);
    value = await work(trx);
    // null when nothing was written
    const { rows } = await sql<{ id: string | null }>`select pg_current_xact_id_if_assigned()::text as id`.execute(trx);
    transactionId = rows[0]?.id ?? null;
  } catch (cause) {
    await leave(trx);
    return { at: 'undone', cause };
  }
  try {
    await trx.commit().execute();
    return { at: 'committed', value };
  } catch (cause) {
    await leave(trx);
    if (transactionId === null || storeFailureOf(cause) !== 'lost') return { at: 'undone', cause };
    return { at: 'open', cause, value, transactionId };
  }
}

/** Gives the connection back. A rollback that finds no connection is one: PostgreSQL ends the transaction by itself. */
async function leave(trx: ControlledTransaction<Tables>): Promise<void> {
  if (trx.isRolledBack) return;
  try {
    await trx.rollback().execute();
  } catch {
    // the connection is gone, and why is told by what failed before
  }
}

async function becameCommitted(
  db: Kysely<Tables>,
  { cause, transactionId }: { readonly cause: unknown; readonly transactionId: string },
  again: Again,
): Promise<boolean> {
  for (;;) {
    try {
      await again(cause);
      const status = sql<{ status: string | null }>`select pg_xact_status(${transactionId}::xid8) as status`;
      const [row] = (await status.execute(db)).rows;
      if (row?.status === 'committed') return true;
      if (row?.status === 'aborted') return false;
      if (row?.status === 'in progress') continue; // the server has not noticed yet that we are gone
      throw new Error('the server does not know the transaction any more');
    } catch (now) {
      if (storeFailureOf(now) === 'lost' && now !== cause) continue;
      const text = 'the connection was lost at the commit; it is not known whether it was carried out';
      throw Object.assign(new Error(text, { cause: now }), { code: CONNECTION_LOST });
    }
  }
}

function pause(clock: ClockPort, delayMs: Millis): Promise<void> {
  return new Promise((resolve) => void clock.after(delayMs, resolve));
}
