import { LISTS as T } from '../texts-lists.ts';
import type { EwonPage } from './list-api.ts';
import type { Turned } from './query.ts';

/** The server gives no more at once. */
export const ROWS = [50, 100, 200] as const;

/** Turns the pages of the list: a page begins where the one before it ended, whatever came or went meanwhile. */
export function Pages(props: {
  readonly page: EwonPage;
  readonly turned: Turned;
  readonly rows: number;
  readonly onTurn: (turned: Turned) => void;
  readonly onRows: (rows: number) => void;
}) {
  const { page, turned, rows, onTurn, onRows } = props;
  const { next, total } = page;
  if (total <= ROWS[0] && turned.length === 0) return null;
  const from = turned.length * rows + 1;
  return (
    <nav class="line pages" aria-label={T.pages}>
      <span>{T.range(from, from + page.rows.length - 1, total)}</span>
      <span class="buttons">
        <button type="button" disabled={turned.length === 0} onClick={() => onTurn(turned.slice(0, -1))}>
          {T.previous}
        </button>
        <button type="button" disabled={next === null} onClick={() => next !== null && onTurn([...turned, next])}>
          {T.next}
        </button>
        <label>
          {T.rows}{' '}
          <select value={rows} onChange={(event) => onRows(Number(event.currentTarget.value))}>
            {ROWS.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
      </span>
    </nav>
  );
}
