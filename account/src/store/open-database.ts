import { join } from 'node:path';
import type { ClockPort, RandomPort } from '@ewon-agent/contracts';
import { shownDatabase } from '../core/database-url.ts';
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

/**
 * Opens the database of an account.
 * @throws with the code DATABASE_UNREACHABLE when PostgreSQL does not let us in; never with a password in the text
 */
export async function openDatabase({ stateDir, databaseUrl, ...chance }: DatabaseOptions): Promise<Store> {
  if (databaseUrl === undefined) return openStore(nodeSqliteDialect(join(stateDir, 'account.sqlite')));
  const makeClient = await postgresClients(databaseUrl);
  try {
    return await openPostgresStore(makeClient, chance);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'not opened';
    throw Object.assign(new Error(`${shownDatabase(databaseUrl)}: ${why}`, { cause }), {
      code: 'DATABASE_UNREACHABLE',
    });
  }
}
