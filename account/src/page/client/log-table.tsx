import { useState } from 'preact/hooks';
import type { LogLine } from './api-types.ts';
import { Untrusted } from './parts.tsx';
import { LOG_KINDS, TEXTS } from './texts.ts';
import { clockTime } from './words.ts';

const T = TEXTS.log;
/** More rows than this make a phone slow; older lines come when asked for, and the exports have them all. */
const ROWS_AT_ONCE = 50;
const COLUMNS = { at: T.time, name: T.name, subject: T.subject, kind: T.kindColumn, event: T.event } as const;
type Column = keyof typeof COLUMNS;
type Order = { readonly by: Column; readonly direction: 'ascending' | 'descending' };

/** The detailed log. A press on a column's name sorts by it, a second press turns the order round. */
export function LogTable({ lines }: { readonly lines: readonly LogLine[] }) {
  const [order, setOrder] = useState<Order>({ by: 'at', direction: 'descending' });
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const shown = sorted(lines, order).slice(0, rows);
  return (
    <>
      <div class="panel">
        <table class="stack log" aria-labelledby="log-title">
          <thead>
            <tr>
              {columns().map((by) => (
                <th key={by} scope="col" aria-sort={order.by === by ? order.direction : 'none'}>
                  <button type="button" onClick={() => setOrder(pressed(order, by))}>
                    {COLUMNS[by]}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => (
              <tr key={line.id}>
                <td class="mono nowrap">
                  <time dateTime={line.at}>{clockTime(line.at)}</time>
                </td>
                <td class="name">
                  <Untrusted text={line.name} />
                </td>
                <td>{line.subject}</td>
                <td>
                  <span class={`kind ${line.kind}`}>{LOG_KINDS[line.kind] ?? line.kind}</span>
                </td>
                <td class="event">
                  <Untrusted text={line.event} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lines.length > rows && (
        <button type="button" onClick={() => setRows(rows + ROWS_AT_ONCE)}>
          {T.more}
        </button>
      )}
    </>
  );
}

function columns(): readonly Column[] {
  return ['at', 'name', 'subject', 'kind', 'event'];
}

function pressed(order: Order, by: Column): Order {
  if (order.by !== by) return { by, direction: 'ascending' };
  return { by, direction: order.direction === 'ascending' ? 'descending' : 'ascending' };
}

/** Lines of the same value stay in the order of their making. */
function sorted(lines: readonly LogLine[], { by, direction }: Order): readonly LogLine[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return lines.toSorted((a, b) => sign * (a[by].localeCompare(b[by]) || a.id - b.id));
}
