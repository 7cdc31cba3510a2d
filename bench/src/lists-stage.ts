import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillWithLists, type ListedFleet } from '@ewon-agent/account/testing/listed-fleet';
import { startPostgres } from '@ewon-agent/account/testing/postgres';
import { type AccountProcess, startAccountProcess } from '@ewon-agent/e2e/account-process';

// Accounts that have run for years, each a process of its own: what lists and the page are measured with.

export type ListedSize = ListedFleet & { readonly database: 'PostgreSQL' | 'SQLite' };

const SIZES: readonly ListedSize[] = [
  { database: 'PostgreSQL', ewons: 10_000, lines: 1_000_000 },
  { database: 'SQLite', ewons: 1000, lines: 100_000 },
];

/** The sizes to measure. @param devices a smaller fleet, which has as much less of the log */
export function listedSizes(devices: number | undefined): readonly ListedSize[] {
  return devices === undefined ? SIZES : SIZES.map((size) => ({ ...size, ewons: devices, lines: devices * 100 }));
}

export type ListsStage = { readonly account: AccountProcess; close(): Promise<void> };

/** Fills a database and starts an account on it. */
export async function openListsStage(size: ListedSize, say: (line: string) => void): Promise<ListsStage> {
  const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
  const postgres = size.database === 'PostgreSQL' ? await startPostgres() : undefined;
  const clear = async () => {
    await postgres?.remove();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const databaseUrl = await postgres?.createDatabase();
    const args = ['--log-level', 'error', ...(databaseUrl === undefined ? [] : ['--database', databaseUrl])];
    await (await startAccountProcess(dir, args)).kill();
    const at = { stateDir: dir, ...(databaseUrl !== undefined && { databaseUrl }) };
    await fillWithLists(at, size, Date.now(), (text) => say(`${size.database}: ${text}`));
    // as a database is that was not filled in a minute: PostgreSQL looks by itself now and then
    if (postgres && databaseUrl !== undefined) await postgres.sql(databaseUrl, 'analyze');
    const account = await startAccountProcess(dir, args);
    return {
      account,
      async close() {
        await account.kill();
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}
