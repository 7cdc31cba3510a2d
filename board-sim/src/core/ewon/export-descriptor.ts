import type { Millis } from '@ewon-agent/contracts';

// Export block descriptors as an Ewon reads them (RG-001 v1.5 §8.1, RG-0009-00): `$dtEV$ftT$st_m10`. A value goes on to a
// blank, `$` or `[`, or stands in quotes.

/** What is asked for: its kind, its format (none: the one of the kind), and the other fields by their two letters. */
export type Descriptor = {
  readonly dt: string;
  readonly ft: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
};

/** Reads a descriptor. @returns undefined when it is none, or names no kind */
export function readDescriptor(text: string): Descriptor | undefined {
  const fields = new Map<string, string>();
  let rest = text.trimStart();
  while (rest !== '') {
    const [whole = '', name = '', quoted, bare] = FIELD.exec(rest) ?? [];
    if (whole === '') return undefined;
    fields.set(name, quoted ?? bare ?? '');
    rest = rest.slice(whole.length).trimStart();
  }
  const dt = fields.get('dt');
  return dt ? { dt, ft: fields.get('ft'), fields } : undefined;
}

/**
 * The moment that `$st` or `$et` names: `_s30`, `_m10`, `_h2`, `_d1` ago (seconds, minutes, hours, days), or
 * `ddMMyyyy_HHmmss` with any number of digits of the time missing (RG-001 §8.2.3).
 * @returns undefined when it names none
 */
export function momentOf(field: string, nowMs: Millis): Millis | undefined {
  const [, unit, count] = /^_([smhd])(\d{1,6})$/.exec(field) ?? [];
  if (unit !== undefined) return nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  if (field === '_0') return nowMs;
  const [, day, month, year, time = ''] = /^(\d\d)(\d\d)(\d{4})(?:_(\d{0,6}))?$/.exec(field) ?? [];
  if (day === undefined) return undefined;
  const [hour, minute, second] = time.padEnd(6, '0').match(/\d\d/g) ?? [];
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

const FIELD = /^\$([a-z]{2})(?:"([^"]*)"|([^\s$["]*))/;
const UNIT_MS: Readonly<Record<string, Millis>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
