import { chosenOf, keepChosen } from '../kept-columns.ts';
import { LISTS } from '../texts-lists.ts';

export type Column = keyof typeof LISTS.column;
export const COLUMNS = Object.keys(LISTS.column) as readonly Column[];
const FIRST: readonly Column[] = ['name', 'status', 'serial', 'firmware', 'agent', 'patch', 'pool', 'lastSeen'];
const KEPT_AS = 'ewon-columns';
/** What the server cannot sort by. */
const UNSORTED: readonly Column[] = ['wan'];
/** What somebody wrote may be long and without a blank. */
const WRITTEN: readonly Column[] = [
  'pool',
  'description',
  'custom1',
  'custom2',
  'custom3',
  'note',
  'model',
  'firmware',
];

export function isSorted(column: Column): boolean {
  return !UNSORTED.includes(column);
}

export function isWritten(column: Column): boolean {
  return WRITTEN.includes(column);
}

/** The columns a person chose in this browser; the name is always there. */
export function chosenColumns(kept: Pick<Storage, 'getItem'>): readonly Column[] {
  return chosenOf(kept, KEPT_AS, { all: COLUMNS, first: FIRST, always: ['name'] });
}

export function keepColumns(kept: Pick<Storage, 'setItem'>, columns: readonly Column[]): void {
  keepChosen(kept, KEPT_AS, columns);
}
