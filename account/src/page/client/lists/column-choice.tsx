import type { Told } from '../page.ts';
import { LISTS as T } from '../texts-lists.ts';
import { COLUMNS, type Column } from './columns.ts';
import { labelOf } from './ewon-table.tsx';

/** Which columns are shown. */
export function ColumnChoice(props: {
  readonly told: Told;
  readonly columns: readonly Column[];
  readonly onChange: (columns: readonly Column[]) => void;
}) {
  const { told, columns, onChange } = props;
  const change = (column: Column, isShown: boolean) =>
    onChange(COLUMNS.filter((one) => (one === column ? isShown : columns.includes(one))));
  return (
    <details>
      <summary>{T.columns}</summary>
      <div class="column-choice">
        {COLUMNS.filter((column) => column !== 'name').map((column) => (
          <label key={column}>
            <input
              type="checkbox"
              checked={columns.includes(column)}
              onChange={(event) => change(column, event.currentTarget.checked)}
            />{' '}
            {labelOf(told, column)}
          </label>
        ))}
      </div>
    </details>
  );
}
