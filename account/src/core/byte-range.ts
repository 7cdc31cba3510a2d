/** A part of a file, both ends in it. */
export type ByteRange = { readonly from: number; readonly to: number };

/**
 * Reads the header Range (RFC 9110 §14.1.2) for a file of so many bytes. Several parts at once, another unit, and what cannot be
 * read are passed over, as the RFC allows: the whole file is the answer then.
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { from: sizeBytes - length, to: sizeBytes - 1 };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return undefined;
  if (from >= sizeBytes) return 'unsatisfiable';
  return { from, to: Math.min(last === '' ? Infinity : Number(last), sizeBytes - 1) };
}
