import { CamelCasePlugin, type CompiledQuery, type Dialect, Kysely, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { aboutArea } from './area-about.ts';
import { accountArea, rowOfAccount } from './area-account.ts';
import { alarmArea } from './area-alarm.ts';
import { cellArea } from './area-cell.ts';
import { doorArea } from './area-door.ts';
import { ewonArea } from './area-ewon.ts';
import { grkArea } from './area-grk.ts';
import { groupsArea } from './area-groups.ts';
import { handoverArea } from './area-handover.ts';
import { importArea } from './area-import.ts';
import { listArea } from './area-list.ts';
import { locationArea } from './area-location.ts';
import { logArea } from './area-log.ts';
import { numbersArea } from './area-numbers.ts';
import { ordersArea } from './area-orders.ts';
import { registrationArea } from './area-registration.ts';
import { rolloutArea } from './area-rollout.ts';
import { signInArea } from './area-sign-in.ts';
import { telemetryArea } from './area-telemetry.ts';
import { tokensArea } from './area-tokens.ts';
import { usersArea } from './area-users.ts';
import { MIGRATIONS } from './migrations/all.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { AccountRow, Store, StoreTx } from './store.ts';
import { transactTogether } from './transact-together.ts';
import type { Transactor } from './transactor.ts';

/**
 * Opens the store and brings its tables up to date.
 * @param transact how a piece of work is run; by itself for a database that this process alone writes
 * @throws when the database cannot be opened or migrated; opening it again goes on where it stopped
 */
export async function openStore(dialect: Dialect, transact: Transactor = transactTogether()): Promise<Store> {
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  }).migrateToLatest();
  if (error) {
    await db.destroy();
    throw error;
  }
  const ready = new Map<string, CompiledQuery>();
  return {
    accounts: () => accountsOf(db),
    async createAccount(account) {
      await db.insertInto('account').values(rowFor(account)).execute();
    },
    firstAccount: (made) =>
      transact(db, async (trx) => {
        const [first] = await accountsOf(trx);
        if (first) return first;
        await trx.insertInto('account').values(rowFor(made)).execute();
        return made;
      }),
    account(accountId) {
      // pieces of work that share a commit share what they ask with as well
      const inTransaction = new WeakMap<Transaction<Tables>, StoreTx>();
      const storeIn = (trx: Transaction<Tables>): StoreTx => {
        const known = inTransaction.get(trx);
        if (known) return known;
        const made = everyArea({ db: trx, accountId, ready, kept: new Map() });
        inTransaction.set(trx, made);
        return made;
      };
      return {
        accountId,
        transact: (work) =>
          transact(db, async (trx) => {
            try {
              return await work(storeIn(trx));
            } catch (error) {
              inTransaction.delete(trx); // what it wrote is taken back, and what was kept in view of it no longer true
              throw error;
            }
          }),
      };
    },
    close: () => db.destroy(),
  };
}

function everyArea(scope: Scope): StoreTx {
  return {
    ...accountArea(scope),
    ...registrationArea(scope),
    ...ewonArea(scope),
    ...telemetryArea(scope),
    ...alarmArea(scope),
    ...locationArea(scope),
    ...cellArea(scope),
    ...grkArea(scope),
    ...ordersArea(scope),
    ...rolloutArea(scope),
    ...logArea(scope),
    ...doorArea(scope),
    ...usersArea(scope),
    ...groupsArea(scope),
    ...signInArea(scope),
    ...tokensArea(scope),
    ...numbersArea(scope),
    ...aboutArea(scope),
    ...listArea(scope),
    ...importArea(scope),
    ...handoverArea(scope),
  };
}

async function accountsOf(db: Kysely<Tables>): Promise<readonly AccountRow[]> {
  return (await db.selectFrom('account').selectAll().orderBy('createdAt').execute()).map(rowOfAccount);
}

function rowFor(account: AccountRow): Tables['account'] {
  return { ...account, autoRegistration: Number(account.autoRegistration) };
}
