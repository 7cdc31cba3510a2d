import { type Selectable, sql } from 'kysely';
import { nameOrderOf, searchTextOf, wordsOf } from '../core/ewon-words.ts';
import type { EwonRecord } from '../core/records.ts';
import { certificateArea } from './area-certificate.ts';
import { messageArea } from './area-message.ts';
import { filledPieces } from './many-rows.ts';
import { findReady, runReady } from './ready-query.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { EwonArea } from './store.ts';

/** Ewons that are listed. In letters, as the index over names in use has it: SQLite does not take that index for values that are bound. */
export const NAMED = sql<boolean>`link in ('linked', 'unlinked')`;

/** Ewons, with their certificates and their last messages. */
export function ewonArea(scope: Scope): EwonArea {
  const { db, accountId } = scope;
  const all = () => db.selectFrom('ewon').selectAll().where('accountId', '=', accountId);
  const ewon: EwonArea['ewon'] = async (deviceId) =>
    recordOf(await findReady(scope, 'ewon', [accountId, deviceId], () => all().where('deviceId', '=', deviceId)));
  const ewons: EwonArea['ewons'] = async ({ link, serial, publicKey, brokerTold }) => {
    const write = () => {
      let query = all();
      if (link !== undefined) query = query.where('link', 'in', [...link]);
      if (serial !== undefined) query = query.where('serial', '=', serial);
      if (publicKey !== undefined) query = query.where('publicKey', '=', publicKey);
      if (brokerTold !== undefined) query = query.where('brokerTold', '=', Number(brokerTold));
      return query.orderBy('createdAt').orderBy('deviceId');
    };
    const given = { serial, publicKey, brokerTold: brokerTold === undefined ? undefined : Number(brokerTold) };
    const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : name));
    const values = [accountId, ...(link ?? []), ...Object.values(given).filter((value) => value !== undefined)];
    const { rows } = await runReady(scope, `ewons by ${link?.length ?? 0} ${names}`, values, write);
    return rows.flatMap((row) => recordOf(row) ?? []);
  };
  return {
    ...certificateArea(scope),
    ...messageArea(scope),
    ewon,
    ewonByName: async (name) =>
      recordOf(
        await findReady(scope, 'ewon by name', [accountId, name], () => all().where('name', '=', name).where(NAMED)),
      ),
    ewons,
    linkedOfKey: (publicKey) => ewons({ link: ['linked'], publicKey }),
    async ewonsNamed(deviceIds) {
      const found: EwonRecord[] = [];
      for (const piece of filledPieces([...new Set(deviceIds)])) {
        const rows = await all()
          .where('deviceId', 'in', [...piece])
          .execute();
        found.push(...rows.flatMap((row) => recordOf(row) ?? []));
      }
      return found;
    },
    async insertEwon(record) {
      await db
        .insertInto('ewon')
        .values({
          accountId,
          deviceId: record.deviceId,
          publicKey: record.publicKey,
          patchState: '',
          ...rowOf(record),
        })
        .execute();
    },
    async updateEwon(deviceId, patch) {
      const known = await ewon(deviceId);
      if (!known) return;
      await db
        .updateTable('ewon')
        .set(rowOf({ ...known, ...patch }))
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .execute();
    },
  };
}

/** The columns of an Ewon, but for its account, its id and its key, which never change. */
export function rowOf(record: EwonRecord) {
  const { customFields, brokerTold, online, deviceId: _, publicKey: __, ...rest } = record;
  const [custom1, custom2, custom3] = customFields;
  const words = {
    ...{ searchText: searchTextOf(record), nameOrder: nameOrderOf(record.name) },
    ...{ firmwareOrder: nameOrderOf(record.firmware), agentOrder: nameOrderOf(record.agent) },
    ...{ custom1Words: wordsOf(custom1), custom2Words: wordsOf(custom2), custom3Words: wordsOf(custom3) },
  };
  return { ...rest, ...words, custom1, custom2, custom3, brokerTold: Number(brokerTold), online: Number(online) };
}

/** Reads a row of the table of Ewons. */
export function recordOf(row: Selectable<Tables['ewon']> | undefined): EwonRecord | undefined {
  if (!row) return undefined;
  const { accountId: _, searchText: __, nameOrder: ___, patchState: ____, ...known } = row;
  const { firmwareOrder: _____, agentOrder: ______, ...shown } = known;
  const { custom1Words: _______, custom2Words: ________, custom3Words: _________, ...told } = shown;
  const { custom1, custom2, custom3, brokerTold, online, ...rest } = told;
  return { ...rest, customFields: [custom1, custom2, custom3], brokerTold: brokerTold === 1, online: online === 1 };
}
