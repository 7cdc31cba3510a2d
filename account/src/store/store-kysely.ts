import { CamelCasePlugin, type CompiledQuery, type Dialect, Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { accountArea, rowOfAccount } from './area-account.ts';
import { doorArea } from './area-door.ts';
import { ewonArea } from './area-ewon.ts';
import { grkArea } from './area-grk.ts';
import { logArea } from './area-log.ts';
import { ordersArea } from './area-orders.ts';
import { registrationArea } from './area-registration.ts';
import { telemetryArea } from './area-telemetry.ts';
import { MIGRATIONS } from './migrations/all.ts';
import type { Tables } from './schema.ts';
import type { Store } from './store.ts';

/**
 * Opens the store and brings its tables up to date.
 * @throws when the database cannot be opened or migrated; opening it again goes on where it stopped
 */
export async function openStore(dialect: Dialect): Promise<Store> {
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  }).migrateToLatest();
  if (error) throw error;
  const ready = new Map<string, CompiledQuery>();
  return {
    accounts: async () => (await db.selectFrom('account').selectAll().orderBy('createdAt').execute()).map(rowOfAccount),
    async createAccount(account) {
      const row = { ...account, autoRegistration: Number(account.autoRegistration) };
      await db.insertInto('account').values(row).execute();
    },
    account: (accountId) => ({
      accountId,
      transact: (work) =>
        db
          .transaction()
          .setIsolationLevel('serializable')
          .execute((trx) => {
            const scope = { db: trx, accountId, ready };
            return work({
              ...accountArea(scope),
              ...registrationArea(scope),
              ...ewonArea(scope),
              ...telemetryArea(scope),
              ...grkArea(scope),
              ...ordersArea(scope),
              ...logArea(scope),
              ...doorArea(scope),
            });
          }),
    }),
    close: () => db.destroy(),
  };
}
