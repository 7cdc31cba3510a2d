import { Field } from './parts.tsx';
import { pressed, type Sorting } from './sorting.ts';
import { TEXTS } from './texts.ts';

/**
 * By what a table is sorted, and which way: on a phone it has no head to press.
 * @param columns by which it can be sorted, with their names
 */
export function PhoneSort<S extends string>(props: {
  readonly sorting: Sorting<S>;
  readonly columns: readonly (readonly [by: S, label: string])[];
  readonly onSort: (sorting: Sorting<S>) => void;
}) {
  const { sorting, columns, onSort } = props;
  return (
    <div class="line phone-only">
      <Field label={TEXTS.sorting.by}>
        {(id) => (
          <select
            id={id}
            value={sorting.sort}
            onChange={({ currentTarget: { value } }) => {
              const by = columns.find(([one]) => one === value)?.[0];
              if (by) onSort(pressed(sorting, by));
            }}
          >
            {columns.map(([by, label]) => (
              <option key={by} value={by}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button type="button" onClick={() => onSort(pressed(sorting, sorting.sort))}>
        {TEXTS.sorting.turnRound}
      </button>
    </div>
  );
}
