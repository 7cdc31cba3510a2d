import type { Answer } from '../api.ts';
import { TEXTS } from '../texts.ts';
import { type Country, countriesOf, type Topology } from './outlines.ts';

/** How fine the outlines are: of a map 1 : 110 million or 1 : 50 million. */
export type Detail = '110m' | '50m';

/** Reads the outlines of countries from the account's own server; the browser keeps them for the next visit. */
export async function loadCountries(detail: Detail): Promise<Answer<readonly Country[]>> {
  const unreachable = { ok: false, status: 0, problem: { ...TEXTS.problem.unreachable, detail: '' } } as const;
  try {
    const response = await fetch(`/outlines-${detail}.json`);
    if (!response.ok) return { ...unreachable, status: response.status, problem: unknown(`HTTP ${response.status}`) };
    const topology: Topology = await response.json();
    return { ok: true, value: countriesOf(topology) };
  } catch {
    return unreachable; // nobody answered, or what came broke off in the middle
  }
}

function unknown(detail: string) {
  return { ...TEXTS.problem.unknown, detail };
}
