import { type Selectable, sql } from 'kysely';
import type { RegistrationRecord } from '../core/records.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { RegistrationArea, RegistrationFilter } from './store.ts';

/** In letters, as the index over pending records has it: for a value that is bound SQLite plans anew each time. */
const PENDING = sql<'pending'>`'pending'`;

/** Requests and what became of them. */
export function registrationArea({ db, accountId }: Scope): RegistrationArea {
  const all = () => db.selectFrom('registration').selectAll().where('accountId', '=', accountId);
  const by = async (column: 'registrationId' | 'token' | 'requestId', value: string) =>
    recordOf(await all().where(column, '=', value).executeTakeFirst());
  const filtered = ({ state, grkId, network, createdBefore }: RegistrationFilter) => {
    let query = db.selectFrom('registration').where('accountId', '=', accountId);
    if (state !== undefined) query = query.where('state', '=', state);
    if (grkId !== undefined) query = query.where('grkId', '=', grkId);
    if (network !== undefined) query = query.where('network', '=', network);
    if (createdBefore !== undefined) query = query.where('createdAt', '<', createdBefore);
    return query;
  };
  return {
    registration: (id) => by('registrationId', id),
    registrationByToken: (token) => by('token', token),
    registrationByRequestId: (requestId) => by('requestId', requestId),
    pendingOfKey: async (publicKey) =>
      recordOf(await all().where('publicKey', '=', publicKey).where('state', '=', PENDING).executeTakeFirst()),
    async registrations(filter) {
      const rows = await filtered(filter).selectAll().orderBy('createdAt').orderBy('registrationId').execute();
      return rows.flatMap((row) => recordOf(row) ?? []);
    },
    async countRegistrations(filter) {
      const { n } = await filtered(filter)
        .select((e) => e.fn.countAll().as('n'))
        .executeTakeFirstOrThrow();
      return Number(n);
    },
    async insertRegistration({ macs, evidence, ...record }) {
      const row = { ...record, accountId, macs: JSON.stringify(macs), evidence: JSON.stringify(evidence) };
      await db.insertInto('registration').values(row).execute();
    },
    async updateRegistration(registrationId, patch) {
      await db
        .updateTable('registration')
        .set(patch)
        .where('accountId', '=', accountId)
        .where('registrationId', '=', registrationId)
        .execute();
    },
    async pruneRegistrations(decidedBefore, publicKey) {
      const over = db
        .deleteFrom('registration')
        .where('accountId', '=', accountId)
        .where('state', 'in', ['rejected', 'void', 'expired'])
        .where('decidedAt', '<', decidedBefore);
      await (publicKey === undefined ? over : over.where('publicKey', '=', publicKey)).execute();
    },
  };
}

function recordOf(row: Selectable<Tables['registration']> | undefined): RegistrationRecord | undefined {
  if (!row) return undefined;
  const { accountId: _, macs, evidence, ...rest } = row;
  return { ...rest, macs: JSON.parse(macs), evidence: JSON.parse(evidence) };
}
