import type { Answer, Api } from '../api.ts';
import type { LocatedEwon } from '../api-types.ts';
import { type Early, early } from '../early.ts';
import type { Country } from './outlines.ts';

/** What the map needs, on its way before its section is there. */
export type EarlyMap = {
  readonly outlines: Promise<Answer<readonly Country[]>>;
  readonly places: Early<readonly LocatedEwon[]>;
};

export function earlyMap(api: Api): EarlyMap {
  return { outlines: outlines(), places: early(api.places()) };
}

async function outlines() {
  return (await import('./load-countries.ts')).loadCountries('110m');
}
