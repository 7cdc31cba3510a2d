import { type AccountId, parseAccountId } from '@ewon-agent/contracts';
import type { BackupCounts } from '../core/backup-manifest.ts';

/** What the database says of the account that is in it. */
export type AccountFacts = {
  readonly accountId: AccountId;
  readonly accountName: string;
  readonly migrations: readonly string[];
  readonly counts: BackupCounts;
};

/** Asks one question and answers its rows. */
export type AskRows = (sql: string) => Promise<readonly Record<string, unknown>[]>;

/**
 * Reads them, in words that SQLite and PostgreSQL both understand. Tables of later migrations are not asked: an older server may
 * have made the database.
 * @throws when there is no account in the database
 */
export async function readFacts(ask: AskRows): Promise<AccountFacts> {
  const [account] = await ask('select account_id, name from account order by created_at limit 1');
  const accountId = parseAccountId(String(account?.['account_id']));
  if (!account || !accountId.ok) throw new Error('the database has no account yet');
  const count = async (from: string) => Number((await ask(`select count(*) as n from ${from}`))[0]?.['n']);
  return {
    accountId: accountId.value,
    accountName: String(account['name']),
    migrations: (await ask('select name from kysely_migration order by name')).map(({ name }) => String(name)),
    counts: {
      linked: await count("ewon where link = 'linked'"),
      pending: await count("registration where state = 'pending'"),
      activeKeys: await count("grk where state = 'active'"),
      logLines: await count('log'),
    },
  };
}
