import type { Selectable, Updateable } from 'kysely';
import { type Credentials, loginKey, type UserRecord } from '../core/users.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { UsersArea } from './store.ts';

const OF_USER = ['groupMember', 'oldPassword', 'userSession', 'rememberedPc', 'recoveryCode', 'accountUser'] as const;

/** Users, and what they prove themselves with. */
export function usersArea({ db, accountId }: Scope): UsersArea {
  const all = () => db.selectFrom('accountUser').selectAll().where('accountId', '=', accountId);
  const change = async (userId: string, set: Updateable<Tables['accountUser']>): Promise<void> => {
    if (Object.keys(set).length === 0) return;
    await db
      .updateTable('accountUser')
      .set(set)
      .where('accountId', '=', accountId)
      .where('userId', '=', userId)
      .execute();
  };
  const passwords = (userId: string) =>
    db
      .selectFrom('oldPassword')
      .select(['position', 'passwordHash'])
      .where('accountId', '=', accountId)
      .where('userId', '=', userId)
      .orderBy('position', 'desc')
      .execute();
  return {
    users: async () => (await all().orderBy('loginKey').execute()).map(recordOf),
    async user(userId) {
      const row = await all().where('userId', '=', userId).executeTakeFirst();
      return row && recordOf(row);
    },
    async userByLogin(login) {
      const row = await all().where('loginKey', '=', loginKey(login)).executeTakeFirst();
      return row && recordOf(row);
    },
    async insertUser({ customFields, ...record }, credentials) {
      await db
        .insertInto('accountUser')
        .values({
          ...{ ...record, ...credentials, ...customColumns(customFields) },
          ...{ accountId, loginKey: loginKey(record.login) },
        })
        .execute();
    },
    updateUser: (userId, { customFields, ...patch }) =>
      change(userId, {
        ...patch,
        ...(patch.login !== undefined && { loginKey: loginKey(patch.login) }),
        ...(customFields && customColumns(customFields)),
      }),
    async removeUser(userId) {
      for (const table of OF_USER)
        await db.deleteFrom(table).where('accountId', '=', accountId).where('userId', '=', userId).execute();
    },
    async credentials(userId): Promise<Credentials | undefined> {
      const row = await all().where('userId', '=', userId).executeTakeFirst();
      if (!row) return undefined;
      const { salt, passwordHash, sealedSecret, sealedNewSecret, lastStep } = row;
      return { salt, passwordHash, sealedSecret, sealedNewSecret, lastStep: Number(lastStep) };
    },
    updateCredentials: change,
    passwordsOf: async (userId) => (await passwords(userId)).map(({ passwordHash }) => passwordHash),
    async addPassword(userId, passwordHash, keep) {
      const position = ((await passwords(userId))[0]?.position ?? 0) + 1;
      await db.insertInto('oldPassword').values({ accountId, userId, position, passwordHash }).execute();
      await db
        .deleteFrom('oldPassword')
        .where('accountId', '=', accountId)
        .where('userId', '=', userId)
        .where('position', '<=', position - keep)
        .execute();
    },
    async setRecoveryCodes(userId, codeHashes) {
      await db.deleteFrom('recoveryCode').where('accountId', '=', accountId).where('userId', '=', userId).execute();
      for (const codeHash of codeHashes)
        await db.insertInto('recoveryCode').values({ accountId, userId, codeHash }).execute();
    },
    async countRecoveryCodes(userId) {
      const { count } = await db
        .selectFrom('recoveryCode')
        .select((e) => e.fn.countAll().as('count'))
        .where('accountId', '=', accountId)
        .where('userId', '=', userId)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    async takeRecoveryCode(userId, codeHash) {
      const done = await db
        .deleteFrom('recoveryCode')
        .where('accountId', '=', accountId)
        .where('userId', '=', userId)
        .where('codeHash', '=', codeHash)
        .executeTakeFirst();
      return Number(done.numDeletedRows) > 0;
    },
  };
}

function customColumns([custom1, custom2, custom3]: UserRecord['customFields']) {
  return { custom1, custom2, custom3 };
}

function recordOf(row: Selectable<Tables['accountUser']>): UserRecord {
  const { userId, login, fullName, email, custom1, custom2, custom3, createdAt, signedInAt } = row;
  const { twoFactor, twoFactorSince, passwordSetAt, passwordExpiresAt } = row;
  return {
    ...{ userId, login, fullName, email, customFields: [custom1, custom2, custom3], createdAt, signedInAt },
    ...{ twoFactor, twoFactorSince, passwordSetAt, passwordExpiresAt },
  };
}
