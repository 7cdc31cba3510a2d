import type { CellRecord } from '../core/cells.ts';
import { type ManyRows, runMany } from './many-rows.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { CellArea } from './store.ts';

type Row = Tables['cell'];
const NAME = ['accountId', 'mcc', 'mnc', 'area', 'cell', 'radio'] as const;
const SHOWN = ['mcc', 'mnc', 'area', 'cell', 'radio', 'lat', 'lng', 'rangeM', 'samples'] as const;

/** Where cells of networks are. */
export function cellArea(scope: Scope): CellArea {
  const { db, accountId } = scope;
  const all = () => db.selectFrom('cell').where('accountId', '=', accountId);
  const upsert: ManyRows<Row, unknown> = {
    name: 'cells',
    columns: [...NAME, 'lat', 'lng', 'rangeM', 'samples'],
    write: (rows) =>
      db
        .insertInto('cell')
        .values([...rows])
        .onConflict((c) =>
          c.columns([...NAME]).doUpdateSet((e) => ({
            lat: e.ref('excluded.lat'),
            lng: e.ref('excluded.lng'),
            rangeM: e.ref('excluded.rangeM'),
            samples: e.ref('excluded.samples'),
          })),
        ),
  };
  return {
    async cellsNamed(names) {
      const found: CellRecord[] = [];
      for (const { mcc, mnc, area, cell, radio } of names) {
        const row = await all()
          .select([...SHOWN])
          .where('mcc', '=', mcc)
          .where('mnc', '=', mnc)
          .where('area', '=', area)
          .where('cell', '=', cell)
          .where('radio', '=', radio)
          .executeTakeFirst();
        if (row) found.push(recordOf(row));
      }
      return found;
    },
    async cellsOfArea({ mcc, mnc, area, radio }, limit) {
      const rows = await all()
        .select([...SHOWN])
        .where('mcc', '=', mcc)
        .where('mnc', '=', mnc)
        .where('area', '=', area)
        .where('radio', '=', radio)
        .limit(limit)
        .execute();
      return rows.map(recordOf);
    },
    async keepCells(records) {
      await runMany(
        scope,
        upsert,
        records.map((record): Row => ({ accountId, ...record })),
      );
    },
    async countCells() {
      const rows = await all()
        .select((e) => ['mcc', 'mnc', 'radio', e.fn.countAll().as('cells')])
        .groupBy(['mcc', 'mnc', 'radio'])
        .orderBy('mcc')
        .orderBy('mnc')
        .orderBy('radio')
        .execute();
      return rows.map(({ cells, ...network }) => ({ ...network, cells: Number(cells) }));
    },
  };
}

function recordOf({ cell, ...row }: Omit<Row, 'accountId'>): CellRecord {
  return { ...row, cell: Number(cell) };
}
