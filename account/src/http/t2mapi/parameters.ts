import { type Outcome, REFUSALS } from './refusal.ts';

/** Parameters of a call, wherever they stood. An empty one counts as none: clients send `pool=` for all pools. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Reads parameters from the query of the URL and from a form. Not from a body that is no form, and none twice: which of two passwords counts is
 * nothing to guess about.
 */
export function parametersOf(url: string, form: unknown): Outcome<Parameters> {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const found = new Map<string, string>();
  for (const text of [query, typeof form === 'string' ? form : ''])
    for (const [name, value] of new URLSearchParams(text)) {
      if (value === '') continue;
      if (found.has(name) || value.includes('\0')) return REFUSALS.badParameter(name);
      found.set(name, value);
    }
  return { ok: true, value: found };
}

/** The first of these that is missing is refused. */
export function demand<N extends string>(given: Parameters, ...names: readonly N[]): Outcome<Record<N, string>> {
  const missing = names.find((name) => !given.has(name));
  if (missing !== undefined) return REFUSALS.missing(missing);
  return { ok: true, value: Object.fromEntries(names.map((name) => [name, given.get(name)])) as Record<N, string> };
}
