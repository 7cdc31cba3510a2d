import { useMemo } from 'preact/hooks';
import type { EwonRow } from '../api-types.ts';
import type { Told } from '../page.ts';
import { Untrusted } from '../parts.tsx';
import { PhoneSort } from '../phone-sort.tsx';
import { SortedHead } from '../sorted-head.tsx';
import { pressed, type Sorting } from '../sorting.ts';
import { TEXTS } from '../texts.ts';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { Cell, Extra } from './cells.tsx';
import { COLUMNS, type Column, isSorted, isWritten } from './columns.ts';
import type { Order } from './query.ts';
import { RowButtons, type RowWish } from './row-orders.tsx';

type Table = {
  readonly told: Told;
  readonly rows: readonly EwonRow[];
  readonly columns: readonly Column[];
  readonly order: Order;
  readonly isChosen: (ewon: EwonRow) => boolean;
  readonly onSort: (order: Sorting<Column>) => void;
  readonly onChoose: (rows: readonly EwonRow[], how: 'choose' | 'leave') => void;
  readonly onWish: (ewon: EwonRow, wish: RowWish) => void;
};

/** A page of Ewons, in the columns that a person chose. */
export function EwonTable(table: Table) {
  const { told, rows, columns, order, isChosen, onSort, onChoose } = table;
  const sorts = COLUMNS.filter((column) => isSorted(column) && (columns.includes(column) || column === order.sort));
  return (
    <>
      <PhoneSort
        sorting={order}
        columns={sorts.map((column) => [column, labelOf(told, column)] as const)}
        onSort={onSort}
      />
      <label class="tick phone-only">
        <input
          type="checkbox"
          checked={rows.every(isChosen)}
          onChange={(event) => onChoose(rows, howOf(event.currentTarget))}
        />
        <span>{T.selectThese(rows.length)}</span>
      </label>
      <div class="panel wide">
        <table class="stack ewons" aria-labelledby="ewons-title">
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label={T.selectAll}
                  checked={rows.every(isChosen)}
                  onChange={(event) => onChoose(rows, howOf(event.currentTarget))}
                />
              </th>
              {columns.map((column) => (
                <SortedHead
                  key={column}
                  label={labelOf(told, column)}
                  by={isSorted(column) ? column : undefined}
                  sorting={order}
                  onSort={(column) => onSort(pressed(order, column))}
                />
              ))}
              <th scope="col">
                <span class="unseen">{TEXTS.ewons.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((ewon) => (
              <Row key={ewon.deviceId} ewon={ewon} chosen={isChosen(ewon)} {...table} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row(row: Table & { readonly ewon: EwonRow; readonly chosen: boolean }) {
  const { told, ewon, chosen, columns } = row;
  // one of many changes; what is the very same is not looked through again
  return useMemo(() => <Cells {...row} />, [ewon, chosen, columns, told.lists, told.nowMs]);
}

function Cells({ told, ewon, chosen, columns, onChoose, onWish }: Parameters<typeof Row>[0]) {
  return (
    <tr>
      <td class="select">
        <input
          type="checkbox"
          aria-label={T.select(harmless(ewon.name))}
          checked={chosen}
          onChange={(event) => onChoose([ewon], howOf(event.currentTarget))}
        />
      </td>
      <th scope="row">
        <Untrusted text={ewon.name} />
        <Extra ewon={ewon} columns={columns} labels={told.lists.account.ewonFields} />
      </th>
      {columns
        .filter((column) => column !== 'name')
        .map((column) => (
          <td key={column} data-label={labelOf(told, column)} class={lookOf(column)}>
            <Cell ewon={ewon} column={column} columns={columns} nowMs={told.nowMs} />
          </td>
        ))}
      <td class="last">
        <RowButtons told={told} ewon={ewon} onWish={(wish) => onWish(ewon, wish)} />
      </td>
    </tr>
  );
}

/** A custom field is called as the account calls it. */
export function labelOf({ lists }: Told, column: Column): string {
  const field = column.startsWith('custom') ? lists.account.ewonFields[Number(column.at(-1)) - 1] : '';
  return harmless(field || T.column[column]);
}

function howOf({ checked }: HTMLInputElement): 'choose' | 'leave' {
  return checked ? 'choose' : 'leave';
}

function lookOf(column: Column): string | undefined {
  if (column === 'serial') return 'mono';
  return isWritten(column) ? 'event' : undefined;
}
