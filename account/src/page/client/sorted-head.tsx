import type { Sorting } from './sorting.ts';

/** The head of a column by which a table can be sorted; only its name where `by` is undefined. */
export function SortedHead<S extends string>(props: {
  readonly label: string;
  readonly by: S | undefined;
  readonly sorting: Sorting<S>;
  readonly onSort: (by: S) => void;
}) {
  const { label, by, sorting, onSort } = props;
  if (by === undefined) return <th scope="col">{label}</th>;
  const direction = sorting.order === 'up' ? 'ascending' : 'descending';
  return (
    <th scope="col" aria-sort={sorting.sort === by ? direction : 'none'}>
      <button type="button" onClick={() => onSort(by)}>
        {label}
      </button>
    </th>
  );
}
