import { err, ok, type Result } from '@ewon-agent/contracts';

// PostgreSQL keeps no NUL in a text (its manual, "Character Types"), and no database half a character, a lone surrogate of UTF-16: what
// has one is refused at the door, whichever database there is.

/**
 * Refuses whatever has a NUL or half a character in one of its texts, however deep. A list that came as bytes is of a spreadsheet that was saved as something
 * else than CSV in UTF-8: its "Unicode text" is UTF-16, and a workbook is a ZIP. Codes: BAD_REQUEST, CSV_NOT_UTF8.
 */
export function withoutNul<T>(value: T): Result<T> {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const bytes = parts.find((part) => Buffer.isBuffer(part));
  if (bytes?.subarray(0, 4).equals(ZIP)) return err('CSV_NOT_UTF8', 'it is a workbook (.xlsx)');
  if (bytes?.includes(0)) return err('CSV_NOT_UTF8', 'it may be in UTF-16');
  if (holds(value, (text) => text.includes('\0'))) return err('BAD_REQUEST', 'a text has a NUL in it');
  if (holds(value, (text) => !text.isWellFormed())) return err('BAD_REQUEST', 'a text has half a character in it');
  return ok(value);
}

/** The first bytes of a ZIP (APPNOTE.TXT 6.3.10, 4.3.7). */
const ZIP = Buffer.from('PK\x03\x04');

function holds(value: unknown, isSo: (text: string) => boolean): boolean {
  if (typeof value === 'string') return isSo(value);
  if (Array.isArray(value)) return value.some((one) => holds(one, isSo));
  if (typeof value !== 'object' || value === null || !isPlain(value)) return false;
  return Object.entries(value).some(([name, member]) => isSo(name) || holds(member, isSo));
}

/** What a parser made, and no stream of a table. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
