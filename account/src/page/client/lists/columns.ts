import { LISTS } from '../texts-lists.ts';

export type Column = keyof typeof LISTS.column;
export const COLUMNS = Object.keys(LISTS.column) as readonly Column[];
const FIRST: readonly Column[] = ['name', 'serial', 'pool', 'status', 'lastSeen', 'description'];
const KEPT_AS = 'ewon-columns';

/** The columns a person chose in this browser; the name is always there. */
export function chosenColumns(kept: Pick<Storage, 'getItem'>): readonly Column[] {
  const names = kept.getItem(KEPT_AS)?.split(' ') ?? FIRST;
  return COLUMNS.filter((column) => column === 'name' || names.includes(column));
}

/** Keeps them for the next visit; a browser that keeps nothing shows them until the page is left. */
export function keepColumns(kept: Pick<Storage, 'setItem'>, columns: readonly Column[]): void {
  try {
    kept.setItem(KEPT_AS, columns.join(' '));
  } catch {
    // full, or not allowed: nothing is lost but a choice
  }
}
