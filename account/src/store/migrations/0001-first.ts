import { type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely';

// Only what SQLite and PostgreSQL both know: text, integer, primary keys, partial unique indexes. Every step may be
// run twice, because Kysely does not wrap migrations of SQLite in a transaction and a start may be killed half way.

type Column = 'text' | 'text?' | 'integer' | 'bigint';

const TABLES: Record<string, { readonly key: readonly string[]; readonly columns: Record<string, Column> }> = {
  account: {
    key: ['accountId'],
    columns: { name: 'text', autoRegistration: 'integer', autoRegistrationPool: 'text', createdAt: 'text' },
  },
  setting: { key: ['accountId', 'name'], columns: { name: 'text', value: 'text' } },
  pool: { key: ['accountId', 'name'], columns: { name: 'text', position: 'integer' } },
  grk: {
    key: ['accountId', 'grkId'],
    columns: {
      ...texts('grkId', 'sealedKey', 'state', 'origin', 'pool', 'note', 'createdAt'),
      expiresAt: 'text?',
      revokedAt: 'text?',
    },
  },
  registration: {
    key: ['accountId', 'registrationId'],
    columns: {
      ...texts('registrationId', 'token', 'requestId', 'publicKey', 'fingerprint', 'serial', 'model', 'firmware'),
      ...texts('agent', 'macs', 'note', 'csr', 'evidence', 'address', 'network', 'grkId', 'state', 'pool', 'createdAt'),
      replaces: 'text?',
      decidedAt: 'text?',
      deviceId: 'text?',
    },
  },
  ewon: {
    key: ['accountId', 'deviceId'],
    columns: {
      ...texts('deviceId', 'registrationId', 'name', 'pool', 'description', 'custom1', 'custom2', 'custom3'),
      ...texts('publicKey', 'fingerprint', 'serial', 'model', 'firmware', 'agent', 'note', 'link'),
      ...texts('certificateSerial', 'createdAt'),
      brokerTold: 'integer',
      online: 'integer',
      lastSeenAt: 'text?',
    },
  },
  deviceEpoch: {
    key: ['accountId', 'deviceId', 'epoch'],
    columns: { deviceId: 'text', epoch: 'text', position: 'integer' },
  },
  retained: { key: ['accountId', 'deviceId', 'channel'], columns: texts('deviceId', 'channel', 'body') },
  certificate: {
    key: ['accountId', 'serial'],
    columns: { ...texts('serial', 'deviceId', 'pem', 'notBefore', 'notAfter'), revokedAt: 'text?' },
  },
  log: {
    key: ['accountId', 'id'],
    columns: {
      // above 2^31 after a month of a busy fleet; "integer" has 32 bits in PostgreSQL and 64 in SQLite
      id: 'bigint',
      ...texts('at', 'name', 'subject', 'severity', 'event'),
      code: 'text?',
      deviceId: 'text?',
      origin: 'text?',
    },
  },
  usedNonce: { key: ['accountId', 'nonce'], columns: { nonce: 'text', generation: 'integer' } },
  oneTimeLink: { key: ['accountId', 'tokenHash'], columns: texts('tokenHash', 'expiresAt') },
  session: { key: ['accountId', 'sessionHash'], columns: texts('sessionHash', 'expiresAt') },
};

/** Makes the first tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, { key, columns }] of Object.entries(TABLES)) {
    let table: CreateTableBuilder<string, string> = db.schema
      .createTable(name)
      .ifNotExists()
      .addColumn('accountId', 'text', (c) => c.notNull());
    for (const [column, type] of Object.entries(columns)) {
      table = table.addColumn(column, type === 'text?' ? 'text' : type, (c) => (type === 'text?' ? c : c.notNull()));
    }
    table = table.addPrimaryKeyConstraint(`${name}_key`, [...key]);
    if (name !== 'account')
      table = table.addForeignKeyConstraint(`${name}_of_account`, ['accountId'], 'account', ['accountId']);
    await table.execute();
  }
  await unique(db, 'registration', ['token']);
  await unique(db, 'registration', ['requestId']);
  await unique(db, 'registration', ['publicKey'], sql<boolean>`state = 'pending'`);
  await unique(db, 'ewon', ['name'], sql<boolean>`link in ('linked', 'unlinked')`);
  await unique(db, 'ewon', ['publicKey'], sql<boolean>`link = 'linked'`);
  await unique(db, 'log', ['deviceId', 'origin'], sql<boolean>`origin is not null`);
  await index(db, 'registration', ['state', 'grkId']);
  await index(db, 'registration', ['state', 'network']);
  await index(db, 'ewon', ['serial']);
  await index(db, 'certificate', ['deviceId']);
}

function texts<T extends string>(...names: readonly T[]): Record<string, 'text'> {
  return Object.fromEntries(names.map((name) => [name, 'text']));
}

async function unique(db: Kysely<unknown>, table: string, columns: readonly string[], where?: RawBuilder<boolean>) {
  const made = db.schema
    .createIndex(`${table}_one_${columns.join('_')}${where ? '_in_use' : ''}`)
    .ifNotExists()
    .on(table)
    .columns(['accountId', ...columns])
    .unique();
  await (where ? made.where(where) : made).execute();
}

async function index(db: Kysely<unknown>, table: string, columns: readonly string[]) {
  await db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .ifNotExists()
    .on(table)
    .columns(['accountId', ...columns])
    .execute();
}
