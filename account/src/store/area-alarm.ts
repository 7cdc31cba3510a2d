import type { Selectable } from 'kysely';
import type { AlarmRecord } from '../core/alarms.ts';
import { filledPieces } from './many-rows.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { AlarmArea } from './store.ts';

/** What is wrong with Ewons. */
export function alarmArea({ db, accountId }: Scope): AlarmArea {
  const all = () =>
    db
      .selectFrom('alarm')
      .select(['deviceId', 'code', 'open', 'severity', 'text', 'openedAt', 'lastAt', 'count', 'epoch', 'seq'])
      .where('accountId', '=', accountId);
  return {
    async alarmsOf(deviceIds) {
      const found: AlarmRecord[] = [];
      for (const piece of filledPieces([...new Set(deviceIds)])) {
        const rows = await all()
          .where('deviceId', 'in', [...piece])
          .execute();
        found.push(...rows.map(recordOf));
      }
      return found;
    },
    openAlarms: async () =>
      (await all().where('open', '=', 1).orderBy('openedAt').orderBy('deviceId').orderBy('code').execute()).map(
        recordOf,
      ),
    async keepAlarms(records) {
      for (const { deviceId, code, open, ...said } of records) {
        const values = { ...said, open: Number(open) };
        await db
          .insertInto('alarm')
          .values({ accountId, deviceId, code, ...values })
          .onConflict((c) => c.columns(['accountId', 'deviceId', 'code']).doUpdateSet(values))
          .execute();
      }
    },
  };
}

function recordOf({ open, ...row }: Omit<Selectable<Tables['alarm']>, 'accountId'>): AlarmRecord {
  return { ...row, open: open === 1 };
}
