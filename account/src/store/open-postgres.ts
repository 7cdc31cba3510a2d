import { type ClockPort, MINUTE_MS, type RandomPort, SECOND_MS } from '@ewon-agent/contracts';
import { PostgresDialect } from 'kysely';
import { type MakeClient, singleConnection } from './pool-postgres.ts';
import type { Store } from './store.ts';
import { openStore } from './store-kysely.ts';
import { repeatingTransactor } from './transact-postgres.ts';

/** An address that does not answer must not hold up a start for minutes. */
const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;
/** The longest statement is upkeep that forgets old telemetry; what takes longer has no database any more. */
const STATEMENT_TIMEOUT_MS = 5 * MINUTE_MS;
/** A process that stands still in the middle of a transaction keeps all others waiting: then PostgreSQL ends its turn. */
const IDLE_IN_TRANSACTION_MS = 10 * SECOND_MS;
/** How long a turn is waited for, longer than the longest that nobody gives up; then it is asked for again. */
const LOCK_TIMEOUT_MS = 30 * SECOND_MS;
/** OID of PostgreSQL's 64-bit integer. */
const BIGINT = 20;

/**
 * Makes clients of one PostgreSQL. pg is loaded here and nowhere else: an account on SQLite has no use for it.
 * @param url with a password or without; then PGPASSWORD, PGPASSFILE and ~/.pgpass are looked at, as everywhere
 */
export async function postgresClients(url: string): Promise<MakeClient> {
  const { default: pg } = await import('pg');
  return (answerWithinMs = STATEMENT_TIMEOUT_MS) =>
    new pg.Client({
      connectionString: url,
      application_name: 'ewon-account',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      // a server that loses its power leaves a session behind, and locks with it: noticed within a minute
      options: '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3',
      statement_timeout: answerWithinMs,
      query_timeout: answerWithinMs + SECOND_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      types: {
        // as SQLite answers: our counters stay below 2^53
        getTypeParser: (oid, format) => (oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)),
      },
    });
}

/**
 * Opens the store in a PostgreSQL and brings its tables up to date; of processes that start together one does.
 * @throws when it cannot be reached or migrated
 */
export async function openPostgresStore(
  makeClient: MakeClient,
  chance: { readonly clock: ClockPort; readonly random: RandomPort },
): Promise<Store> {
  const dialect = new PostgresDialect({ pool: singleConnection(makeClient) });
  return openStore(dialect, repeatingTransactor(chance));
}
