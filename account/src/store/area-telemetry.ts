import { type ManyRows, runMany } from './many-rows.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { TelemetryArea } from './store.ts';

type Row = Tables['telemetry'];

/** Rows looked at by one statement when the oldest are forgotten. */
const PRUNED_AT_ONCE = 1000;

/** What devices measured. */
export function telemetryArea(scope: Scope): TelemetryArea {
  const { db, accountId } = scope;
  const insert: ManyRows<Row, unknown> = {
    name: 'telemetry',
    columns: ['accountId', 'deviceId', 'epoch', 'seq', 'at', 'receivedAt', 'sizeBytes', 'samples'],
    write: (rows) =>
      db
        .insertInto('telemetry')
        .values([...rows])
        .onConflict((c) => c.columns(['accountId', 'deviceId', 'epoch', 'seq']).doNothing()),
  };
  return {
    async addTelemetry(records) {
      const rows = records.map(({ deviceId, epoch, seq, at, receivedAt, samples }): Row => {
        const text = JSON.stringify(samples);
        const sizeBytes = Buffer.byteLength(text);
        return { accountId, deviceId, epoch, seq, at, receivedAt, sizeBytes, samples: text };
      });
      await runMany(scope, insert, rows);
    },
    async telemetry({ deviceId, limit }) {
      const rows = await db
        .selectFrom('telemetry')
        .select(['deviceId', 'epoch', 'seq', 'at', 'receivedAt', 'samples'])
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .orderBy('receivedAt', 'desc')
        .orderBy('epoch', 'desc')
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      return rows
        .toReversed()
        .map(({ seq, samples, ...row }) => ({ ...row, seq: Number(seq), samples: JSON.parse(samples) }));
    },
    async pruneTelemetry(keep) {
      const all = db.selectFrom('telemetry').where('accountId', '=', accountId);
      const kept = await all
        .select((e) => [e.fn.countAll().as('messages'), e.fn.sum('sizeBytes').as('sizeBytes')])
        .executeTakeFirstOrThrow();
      let messages = Number(kept.messages) - keep.messages;
      let sizeBytes = Number(kept.sizeBytes ?? 0) - keep.sizeBytes;
      let last: string | undefined;
      // from the old end, so that it costs what is forgotten and not what is kept
      for (let offset = 0; messages > 0 || sizeBytes > 0; offset += PRUNED_AT_ONCE) {
        const oldest = await all
          .select(['receivedAt', 'sizeBytes'])
          .orderBy('receivedAt')
          .orderBy('sizeBytes')
          .offset(offset)
          .limit(PRUNED_AT_ONCE)
          .execute();
        for (const row of oldest) {
          if (messages <= 0 && sizeBytes <= 0) break;
          messages -= 1;
          sizeBytes -= row.sizeBytes;
          last = row.receivedAt;
        }
        if (oldest.length < PRUNED_AT_ONCE) break;
      }
      if (last === undefined) return;
      await db.deleteFrom('telemetry').where('accountId', '=', accountId).where('receivedAt', '<=', last).execute();
    },
  };
}
