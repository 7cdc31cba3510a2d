import { err, ok, type Result } from '@ewon-agent/contracts';

// PostgreSQL keeps no NUL in a text (its manual, "Character Types"): what has one is refused at the door, whichever database there is.

/** Refuses whatever has a NUL in one of its texts, however deep. Codes: BAD_REQUEST. */
export function withoutNul<T>(value: T): Result<T> {
  return hasNul(value) ? err('BAD_REQUEST', 'a text has a NUL in it') : ok(value);
}

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
