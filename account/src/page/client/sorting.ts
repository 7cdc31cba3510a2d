/** By which column a table is sorted, and which way. */
export type Sorting<S extends string> = { readonly sort: S; readonly order: 'up' | 'down' };

/** The order after a press on the name of a column: upwards by another one, the other way round by the same. */
export function pressed<S extends string>({ sort, order }: Sorting<S>, on: S): Sorting<S> {
  return { sort: on, order: sort === on && order === 'up' ? 'down' : 'up' };
}
