import { err, ok, type Result } from '@ewon-agent/contracts';

// PostgreSQL keeps no NUL in a text (its manual, "Character Types"): what has one is refused at the door, whichever database there is.

/**
 * Refuses whatever has a NUL in one of its texts, however deep. A list that came as bytes is of a spreadsheet that was saved as something
 * else than CSV in UTF-8: its "Unicode text" is UTF-16, and a workbook is a ZIP. Codes: BAD_REQUEST, CSV_NOT_UTF8.
 */
export function withoutNul<T>(value: T): Result<T> {
  const bytes = Array.isArray(value) ? value.find(Buffer.isBuffer) : undefined;
  if (bytes?.subarray(0, 4).equals(ZIP)) return err('CSV_NOT_UTF8', 'it is a workbook (.xlsx)');
  if (bytes?.includes(0)) return err('CSV_NOT_UTF8', 'it may be in UTF-16');
  return hasNul(value) ? err('BAD_REQUEST', 'a text has a NUL in it') : ok(value);
}

/** The first bytes of a ZIP (APPNOTE.TXT 6.3.10, 4.3.7). */
const ZIP = Buffer.from('PK\x03\x04');

function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (Buffer.isBuffer(value)) return value.includes(0);
  if (Array.isArray(value)) return value.some(hasNul);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return false;
  return Object.entries(value).some(([name, member]) => name.includes('\0') || hasNul(member));
}

/** What a parser made, and no stream of a table. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
