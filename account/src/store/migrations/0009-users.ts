import type { CreateTableBuilder, Kysely } from 'kysely';

// Users, groups, how they sign in, tokens, contacts. Only what SQLite and PostgreSQL both know, and every step may be run
// twice (see 0001). Policies are rows of `setting`.

type Column = 'text' | 'text?' | 'integer' | 'bigint';

const TABLES: Record<string, { readonly key: readonly string[]; readonly columns: Record<string, Column> }> = {
  accountUser: {
    key: ['accountId', 'userId'],
    columns: {
      ...texts('userId', 'login', 'loginKey', 'fullName', 'email', 'custom1', 'custom2', 'custom3'),
      ...texts('salt', 'passwordHash', 'passwordSetAt', 'twoFactor', 'createdAt'),
      ...optional('passwordExpiresAt', 'twoFactorSince', 'signedInAt', 'sealedSecret', 'sealedNewSecret'),
      lastStep: 'bigint',
    },
  },
  oldPassword: {
    key: ['accountId', 'userId', 'position'],
    columns: { userId: 'text', position: 'integer', passwordHash: 'text' },
  },
  userGroup: { key: ['accountId', 'groupId'], columns: texts('groupId', 'name', 'permissions', 'pools', 'createdAt') },
  groupMember: { key: ['accountId', 'userId', 'groupId'], columns: texts('userId', 'groupId') },
  signInTry: { key: ['accountId', 'who'], columns: { who: 'text', failures: 'integer', lastAtMs: 'bigint' } },
  userSession: {
    key: ['accountId', 'sessionHash'],
    columns: texts('sessionHash', 'userId', 'createdAt', 'expiresAt', 'network', 'browser'),
  },
  rememberedPc: { key: ['accountId', 'tokenHash'], columns: texts('tokenHash', 'userId', 'rememberedAt') },
  recoveryCode: { key: ['accountId', 'userId', 'codeHash'], columns: texts('userId', 'codeHash') },
  apiToken: {
    key: ['accountId', 'tokenId'],
    columns: {
      ...texts('tokenId', 'name', 'prefix', 'tokenHash', 'permissions', 'pools', 'createdBy', 'createdAt'),
      ...optional('usedAt'),
    },
  },
  contact: { key: ['accountId', 'contactId'], columns: texts('contactId', 'name', 'email', 'phone') },
};
const UNIQUE: readonly (readonly [string, string])[] = [
  ['accountUser', 'loginKey'],
  ['userGroup', 'name'],
  ['apiToken', 'tokenHash'],
];
const INDEXED: readonly (readonly [string, string])[] = [
  ['userSession', 'userId'],
  ['rememberedPc', 'userId'],
];

/** Makes the tables of users. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, { key, columns }] of Object.entries(TABLES)) {
    let table: CreateTableBuilder<string, string> = db.schema
      .createTable(name)
      .ifNotExists()
      .addColumn('accountId', 'text', (c) => c.notNull());
    for (const [column, type] of Object.entries(columns))
      table = table.addColumn(column, type === 'text?' ? 'text' : type, (c) => (type === 'text?' ? c : c.notNull()));
    await table
      .addPrimaryKeyConstraint(`${name}_key`, [...key])
      .addForeignKeyConstraint(`${name}_of_account`, ['accountId'], 'account', ['accountId'])
      .execute();
  }
  for (const [table, column] of UNIQUE) await index(db, table, column, `${table}_one_${column}`).unique().execute();
  for (const [table, column] of INDEXED) await index(db, table, column, `${table}_by_${column}`).execute();
}

function index(db: Kysely<unknown>, table: string, column: string, name: string) {
  return db.schema.createIndex(name).ifNotExists().on(table).columns(['accountId', column]);
}

function texts<T extends string>(...names: readonly T[]): Record<string, Column> {
  return Object.fromEntries(names.map((name) => [name, 'text' as const]));
}

function optional(...names: readonly string[]): Record<string, Column> {
  return Object.fromEntries(names.map((name) => [name, 'text?' as const]));
}
