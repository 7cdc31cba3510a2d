import { type Selectable, sql } from 'kysely';
import type { RegistrationRecord } from '../core/records.ts';
import { keptOr } from './kept.ts';
import { type ManyRows, runMany } from './many-rows.ts';
import { findReady } from './ready-query.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { RegistrationArea, RegistrationFilter } from './store.ts';

/** In letters, as the index over pending records has it: for a value that is bound SQLite plans anew each time. */
const PENDING = sql<'pending'>`'pending'`;

type Row = Tables['registration'];
const COLUMNS: readonly (keyof Row)[] = [
  ...(['accountId', 'registrationId', 'token', 'requestId', 'publicKey', 'fingerprint', 'serial', 'model'] as const),
  ...(['firmware', 'agent', 'macs', 'note', 'csr', 'evidence', 'address', 'network', 'grkId', 'state'] as const),
  ...(['replaces', 'pool', 'createdAt', 'decidedAt', 'deviceId'] as const),
];
/** In the order in which a query has them. */
const FILTERS = ['state', 'grkId', 'network', 'createdBefore'] as const;

/** Requests and what became of them. */
export function registrationArea(scope: Scope): RegistrationArea {
  const { db, accountId } = scope;
  const all = () => db.selectFrom('registration').selectAll().where('accountId', '=', accountId);
  const by = async (column: 'registrationId' | 'token' | 'requestId', value: string) =>
    recordOf(
      await findReady(scope, `registration by ${column}`, [accountId, value], () => all().where(column, '=', value)),
    );
  const filtered = ({ state, grkId, network, createdBefore }: RegistrationFilter) => {
    let query = db.selectFrom('registration').where('accountId', '=', accountId);
    if (state !== undefined) query = query.where('state', '=', state);
    if (grkId !== undefined) query = query.where('grkId', '=', grkId);
    if (network !== undefined) query = query.where('network', '=', network);
    if (createdBefore !== undefined) query = query.where('createdAt', '<', createdBefore);
    return query;
  };
  const insert: ManyRows<Row, unknown> = {
    name: 'registration',
    columns: COLUMNS,
    write: (rows) => db.insertInto('registration').values([...rows]),
  };
  const counted = new Map<string, RegistrationFilter>();
  const forgetCounts = () => {
    for (const name of counted.keys()) scope.kept.delete(name);
    counted.clear();
  };
  return {
    registration: (id) => by('registrationId', id),
    registrationByToken: (token) => by('token', token),
    registrationByRequestId: (requestId) => by('requestId', requestId),
    pendingOfKey: async (publicKey) =>
      recordOf(
        await findReady(scope, 'pending registration', [accountId, publicKey], () =>
          all().where('publicKey', '=', publicKey).where('state', '=', PENDING),
        ),
      ),
    async registrations(filter) {
      const rows = await filtered(filter).selectAll().orderBy('createdAt').orderBy('registrationId').execute();
      return rows.flatMap((row) => recordOf(row) ?? []);
    },
    async countRegistrations(filter) {
      const given = FILTERS.filter((name) => filter[name] !== undefined);
      const values = [accountId, ...given.map((name) => filter[name])];
      const count = async () => {
        const counted = await findReady(scope, `registrations by ${given}`, values, () =>
          filtered(filter).select((e) => e.fn.countAll().as('n')),
        );
        return Number(counted?.n);
      };
      counted.set(nameOf(filter), filter);
      return keptOr(scope, nameOf(filter), count);
    },
    async insertRegistration({ macs, evidence, ...record }) {
      const row = { ...record, accountId, macs: JSON.stringify(macs), evidence: JSON.stringify(evidence) };
      await runMany(scope, insert, [row]);
      for (const [name, filter] of counted) {
        const n = scope.kept.get(name);
        if (typeof n === 'number' && isCounted(filter, record)) scope.kept.set(name, n + 1);
      }
    },
    async updateRegistration(registrationId, patch) {
      forgetCounts();
      await db
        .updateTable('registration')
        .set(patch)
        .where('accountId', '=', accountId)
        .where('registrationId', '=', registrationId)
        .execute();
    },
    async pruneRegistrations(decidedBefore, publicKey) {
      forgetCounts();
      const over = db
        .deleteFrom('registration')
        .where('accountId', '=', accountId)
        .where('state', 'in', ['rejected', 'void', 'expired'])
        .where('decidedAt', '<', decidedBefore);
      await (publicKey === undefined ? over : over.where('publicKey', '=', publicKey)).execute();
    },
  };
}

const nameOf = (filter: RegistrationFilter): string => `count ${FILTERS.map((name) => filter[name] ?? '').join(' ')}`;

/** Tells whether a record is one of those that a filter counts. */
function isCounted(
  { createdBefore, ...same }: RegistrationFilter,
  record: Pick<RegistrationRecord, 'state' | 'grkId' | 'network' | 'createdAt'>,
): boolean {
  const isSame = (['state', 'grkId', 'network'] as const).every(
    (name) => same[name] === undefined || same[name] === record[name],
  );
  return isSame && (createdBefore === undefined || record.createdAt < createdBefore);
}

function recordOf(row: Selectable<Tables['registration']> | undefined): RegistrationRecord | undefined {
  if (!row) return undefined;
  const { accountId: _, macs, evidence, ...rest } = row;
  return { ...rest, macs: JSON.parse(macs), evidence: JSON.parse(evidence) };
}
