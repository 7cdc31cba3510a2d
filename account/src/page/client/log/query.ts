import type { Sorting } from '../sorting.ts';

// What of the log is asked for, and in which order.

/** `from` and `to` are times as the browser's fields have them, on the clock of whoever looks; empty leaves a filter out. */
export type Query = {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  /** A device id. */
  readonly ewon: string;
  /** The name of an Ewon that is not listed any more, exactly as it was. */
  readonly called: string;
  readonly user: string;
  readonly text: string;
};
export const ALL: Query = { kind: '', from: '', to: '', ewon: '', called: '', user: '', text: '' };

export type Sort = 'time' | 'name' | 'subject' | 'kind' | 'code' | 'event';
export type Order = Sorting<Sort>;
export const NEWEST_FIRST: Order = { sort: 'time', order: 'down' };

/** Tells whether anything is left out. */
export function isFiltered(query: Query): boolean {
  return Object.values(query).some((value) => value.trim() !== '');
}

/** The filters as the server takes them. A time that is no time is left out: the field says so itself. */
export function filtersOf({ from, to, ...rest }: Query): URLSearchParams {
  const all = { ...rest, from: timeOf(from), to: timeOf(to) };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value.trim() !== ''));
}

function timeOf(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
