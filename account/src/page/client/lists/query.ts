import type { Sorting } from '../sorting.ts';
import type { Column } from './columns.ts';

// What the list of Ewons is asked for. Pure; the server judges it again.

export type Filter = 'pool' | 'status' | 'link' | 'alarm' | 'patch' | 'firmware' | 'agent';
/** What stands in a custom field. */
export const FIELDS = ['custom1', 'custom2', 'custom3'] as const;
export type FieldFilter = (typeof FIELDS)[number];
/** Empty is all. */
export type Query = Readonly<Record<'search' | Filter | FieldFilter, string>>;
export const ALL: Query = {
  ...{ search: '', pool: '', status: '', link: '', alarm: '', patch: '', firmware: '', agent: '' },
  ...{ custom1: '', custom2: '', custom3: '' },
};

export type Order = Sorting<Column>;

/** The pages that were turned: where each of them but the first begins, as the page before it said. */
export type Turned = readonly string[];

export function isAll(query: Query): boolean {
  return Object.values(query).every((value) => value === '');
}

/** What is asked for without what is empty: also `where` of an order for all that are found. */
export function whereOf(query: Query): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

export function pageQuery(query: Query, order: Order, turned: Turned, limit: number): URLSearchParams {
  const after = turned.at(-1);
  return new URLSearchParams({
    ...{ ...whereOf(query), ...order, limit: String(limit) },
    ...(after !== undefined && { after }),
  });
}

/** What is asked for when the page opens. */
export const FIRST_ORDER: Order = { sort: 'name', order: 'up' };
export const FIRST_ROWS = 50;
export const FIRST_PAGE = pageQuery(ALL, FIRST_ORDER, [], FIRST_ROWS).toString();
