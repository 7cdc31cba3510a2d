import { chosenOf, keepChosen } from '../kept-columns.ts';
import { LOG_TEXTS } from '../texts-log.ts';
import type { Sort } from './query.ts';

export type Column = keyof typeof LOG_TEXTS.column;
export const COLUMNS = Object.keys(LOG_TEXTS.column) as readonly Column[];
/** What the server sorts by. */
export const SORTS: Readonly<Partial<Record<Column, Sort>>> = {
  ...{ at: 'time', name: 'name', subject: 'subject', kind: 'kind', event: 'event', code: 'code' },
};

const KEPT_AS = 'log-columns';
const FIRST: readonly Column[] = ['at', 'name', 'subject', 'kind', 'event'];
/** Without these a line says nothing. */
export const ALWAYS: readonly Column[] = ['at', 'event'];

/** The columns a person chose in this browser. */
export function chosenColumns(kept: Pick<Storage, 'getItem'>): readonly Column[] {
  return chosenOf(kept, KEPT_AS, { all: COLUMNS, first: FIRST, always: ALWAYS });
}

export function keepColumns(kept: Pick<Storage, 'setItem'>, columns: readonly Column[]): void {
  keepChosen(kept, KEPT_AS, columns);
}
