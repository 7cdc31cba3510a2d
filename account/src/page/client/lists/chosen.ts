import type { EwonRow } from '../api-types.ts';
import type { Ended } from '../use-bulk.ts';

// Who is selected in the list of Ewons. Pure.

/** Those that are selected by hand, each with its name, or all that are found. */
export type Chosen = ReadonlyMap<string, string> | 'found';
export const NOBODY: ReadonlyMap<string, string> = new Map();

/** Ticks rows, or takes their ticks away. Who ticks one while all that are found are selected begins anew. */
export function ticked(chosen: Chosen, rows: readonly EwonRow[], how: 'choose' | 'leave'): Chosen {
  const next = new Map(chosen === 'found' ? NOBODY : chosen);
  for (const { deviceId, name } of rows) how === 'choose' ? next.set(deviceId, name) : next.delete(deviceId);
  return next;
}

/** Those who are in the account still. @returns the same when nobody is gone */
export function stillThere(chosen: Chosen, gone: ReadonlySet<string>): Chosen {
  if (chosen === 'found' || ![...chosen.keys()].some((id) => gone.has(id))) return chosen;
  return new Map([...chosen].filter(([id]) => !gone.has(id)));
}

/**
 * Who stays selected after an order: those to whom it was not done, because they failed or because it was cut short.
 * @param now who is selected by now; @param ordered for whom the order was
 */
export function leftAfter(now: Chosen, ordered: Chosen, ended: Ended, nameOf: (id: string) => string): Chosen {
  // the filter says still who the others are
  if (ordered === 'found' && isCut(ended)) return now;
  const failed = ended.failures.map(({ id }) => [id, nameOf(id)] as const);
  // one after another is done, in this order
  const others = ordered === 'found' || !isCut(ended) ? [] : [...ordered].slice(ended.done);
  return new Map([...failed, ...others]);
}

/** Tells whether an order did not come to its end. */
export function isCut({ at, problem }: Ended): boolean {
  return at === 'stopped' || problem !== undefined;
}
