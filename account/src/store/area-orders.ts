import type { CommandState } from '@ewon-agent/contracts';
import type { CommandRecord } from '../core/records.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { OrdersArea } from './store.ts';

const OPEN: readonly CommandState[] = ['init', 'scheduled', 'executing'];

/** The account's key over time, its policy, its commands. */
export function ordersArea({ db, accountId }: Scope): OrdersArea {
  const commands = () => db.selectFrom('command').selectAll().where('accountId', '=', accountId);
  return {
    async accountKeys() {
      const rows = await db
        .selectFrom('signingKey')
        .select(['number', 'publicKey', 'sealedSeed', 'announcement', 'state', 'createdAt'])
        .where('accountId', '=', accountId)
        .orderBy('number')
        .execute();
      return rows.map(({ announcement, ...row }) => ({
        ...row,
        announcement: announcement && JSON.parse(announcement),
      }));
    },
    async insertAccountKey({ announcement, ...record }) {
      const row = { ...record, accountId, announcement: announcement && JSON.stringify(announcement) };
      await db.insertInto('signingKey').values(row).execute();
    },
    async updateAccountKey(number, patch) {
      await db
        .updateTable('signingKey')
        .set(patch)
        .where('accountId', '=', accountId)
        .where('number', '=', number)
        .execute();
    },
    async policy() {
      const row = await db.selectFrom('policy').selectAll().where('accountId', '=', accountId).executeTakeFirst();
      if (!row) return undefined;
      const { version, settings, issuedAt, signed } = row;
      return { version: Number(version), settings: JSON.parse(settings), issuedAt, signed: JSON.parse(signed) };
    },
    async setPolicy({ version, settings, issuedAt, signed }) {
      const set = { version, settings: JSON.stringify(settings), issuedAt, signed: JSON.stringify(signed) };
      await db
        .insertInto('policy')
        .values({ accountId, ...set })
        .onConflict((c) => c.column('accountId').doUpdateSet(set))
        .execute();
    },
    async command(commandId) {
      const row = await commands().where('commandId', '=', commandId).executeTakeFirst();
      return row && recordOf(row);
    },
    commandsOf: async (deviceId) => {
      const rows = await commands().where('deviceId', '=', deviceId).orderBy('issuedAt').orderBy('commandId').execute();
      return rows.map(recordOf);
    },
    async commands({ deviceId, isOpen, limit, pools = 'all' }) {
      if (pools.length === 0) return [];
      let asked = commands();
      if (pools !== 'all')
        asked = asked.where('deviceId', 'in', (e) =>
          e
            .selectFrom('ewon')
            .select('deviceId')
            .where('accountId', '=', accountId)
            .where('pool', 'in', [...pools]),
        );
      if (deviceId) asked = asked.where('deviceId', '=', deviceId);
      if (isOpen) asked = asked.where('state', 'in', [...OPEN]);
      if (limit !== undefined) asked = asked.limit(limit);
      const rows = await asked.orderBy('issuedAt', 'desc').orderBy('commandId', 'desc').execute();
      return rows.toReversed().map(recordOf);
    },
    async insertCommand({ arguments: given, result, ...record }) {
      const row = { ...record, accountId, arguments: JSON.stringify(given), result: result && JSON.stringify(result) };
      await db.insertInto('command').values(row).execute();
    },
    async updateCommand(commandId, { arguments: given, result, ...patch }) {
      const set = {
        ...patch,
        ...(given && { arguments: JSON.stringify(given) }),
        ...(result !== undefined && { result: result && JSON.stringify(result) }),
      };
      await db
        .updateTable('command')
        .set(set)
        .where('accountId', '=', accountId)
        .where('commandId', '=', commandId)
        .execute();
    },
    async pruneCommands(keep) {
      const last = await commands()
        .where('state', 'not in', [...OPEN])
        .orderBy('issuedAt', 'desc')
        .orderBy('commandId', 'desc')
        .offset(keep)
        .limit(1)
        .executeTakeFirst();
      if (!last) return;
      await db
        .deleteFrom('command')
        .where('accountId', '=', accountId)
        .where('state', 'not in', [...OPEN])
        .where('issuedAt', '<=', last.issuedAt)
        .execute();
    },
  };
}

function recordOf({ accountId: _, arguments: given, result, ...row }: Tables['command']): CommandRecord {
  return { ...row, arguments: JSON.parse(given), result: result === null ? null : JSON.parse(result) };
}
