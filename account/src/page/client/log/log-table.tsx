import type { LogLine } from '../api-types.ts';
import { Untrusted } from '../parts.tsx';
import { SortedHead } from '../sorted-head.tsx';
import { TEXTS } from '../texts.ts';
import { LOG_KINDS, LOG_TEXTS } from '../texts-log.ts';
import { clockTime } from '../words.ts';
import { type Column, SORTS } from './columns.ts';
import type { Order, Sort } from './query.ts';

/** Lines of the detailed log. A press on a column's name sorts by it, a second press turns the order round. */
export function LogTable(props: {
  readonly lines: readonly LogLine[];
  readonly columns: readonly Column[];
  readonly order: Order;
  readonly onSort: (sort: Sort) => void;
}) {
  const { lines, columns, order, onSort } = props;
  return (
    <table class="stack log" aria-labelledby="log-title">
      <thead>
        <tr>
          {columns.map((column) => {
            const sort = SORTS[column];
            const label = LOG_TEXTS.column[column];
            return <SortedHead key={column} label={label} by={sort} sorting={order} onSort={onSort} />;
          })}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.id}>
            {columns.map((column) => (
              <td
                key={column}
                class={CLASSES[column]}
                data-label={NAMED.includes(column) ? LOG_TEXTS.column[column] : undefined}
              >
                <Cell line={line} column={column} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const CLASSES: Readonly<Partial<Record<Column, string>>> = {
  ...{ at: 'mono nowrap', name: 'name', event: 'event', code: 'mono', deviceId: 'mono' },
};

/** On a phone, where no head says what they are. */
const NAMED: readonly Column[] = ['code', 'deviceId'];

function Cell({ line, column }: { readonly line: LogLine; readonly column: Column }) {
  if (column === 'at') return <time dateTime={line.at}>{clockTime(line.at)}</time>;
  if (column === 'kind') return <span class={`kind ${line.kind}`}>{LOG_KINDS[line.kind] ?? line.kind}</span>;
  return <Untrusted text={line[column] ?? TEXTS.none} />;
}
