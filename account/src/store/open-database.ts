import { join } from 'node:path';
import type { ClockPort, RandomPort } from '@ewon-agent/contracts';
import { shownDatabase } from '../core/database-url.ts';
import { NO_SIBLINGS, type Siblings } from '../ports/siblings.ts';
import { type JoinOptions, joinSiblings } from '../siblings/siblings-postgres.ts';
import { nodeSqliteDialect } from './dialect-node-sqlite.ts';
import { openPostgresStore, postgresClients } from './open-postgres.ts';
import type { Store } from './store.ts';
import { openStore } from './store-kysely.ts';

/** Which database, and what a repetition needs. */
export type DatabaseOptions = {
  readonly stateDir: string;
  /** URL of a PostgreSQL; `account.sqlite` in the state directory unless told. */
  readonly databaseUrl?: string;
  readonly clock: ClockPort;
  readonly random: RandomPort;
};

/** An open database, and how to join the other servers on it. */
export type Database = {
  readonly store: Store;
  join(options: Pick<JoinOptions, 'log' | 'serves' | 'onChange'>): Promise<Siblings>;
};

/**
 * Opens the database of an account.
 * @throws with the code DATABASE_UNREACHABLE when PostgreSQL does not let us in; never with a password in the text
 */
export async function openDatabase({ stateDir, databaseUrl, ...chance }: DatabaseOptions): Promise<Database> {
  if (databaseUrl === undefined) {
    const store = await openStore(nodeSqliteDialect(join(stateDir, 'account.sqlite')));
    return { store, join: async () => NO_SIBLINGS };
  }
  const makeClient = await postgresClients(databaseUrl);
  try {
    const store = await openPostgresStore(makeClient, chance);
    return { store, join: (options) => joinSiblings({ makeClient, ...chance, ...options }) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'not opened';
    throw Object.assign(new Error(`${shownDatabase(databaseUrl)}: ${why}`, { cause }), {
      code: 'DATABASE_UNREACHABLE',
    });
  }
}
