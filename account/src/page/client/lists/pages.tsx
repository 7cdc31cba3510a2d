import type { EwonPage } from '../api-types.ts';
import { Field } from '../parts.tsx';
import { LISTS as T } from '../texts-lists.ts';
import { FIRST_ROWS, type Turned } from './query.ts';

/** The server gives no more at once. */
const ROWS = [FIRST_ROWS, 100, 200];

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
  if (total <= FIRST_ROWS && turned.length === 0) return null;
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
        <Field label={T.rows}>
          {(id) => (
            <select id={id} value={rows} onChange={(event) => onRows(Number(event.currentTarget.value))}>
              {ROWS.map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
          )}
        </Field>
      </span>
    </nav>
  );
}
