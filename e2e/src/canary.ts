import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Finds a secret wherever it may have got to, however it was written there. Pure but for the walk over a directory.

/** One way the secret may stand in bytes. */
export type Needle = { readonly encoding: string; readonly bytes: Buffer };

/** Where the secret was found. It never repeats the secret. */
export type Hit = { readonly where: string; readonly encoding: string; readonly offset: number };

/** Half a secret is a leak as well, and a secret cut by a line end or a buffer has a whole half at least. */
const PARTS = 2;
const BASE64_OFFSETS = [0, 1, 2] as const;

/** Makes what to look for: each half of a GRK (without its prefix, which is no secret) in every encoding. */
export function needlesFor(grk: string): readonly Needle[] {
  const digits = grk.replace(/^A01-/, '');
  const size = digits.length / PARTS;
  return Array.from({ length: PARTS }, (_, i) => digits.slice(i * size, (i + 1) * size)).flatMap(encodingsOf);
}

/** Looks for all needles in some bytes. */
export function findIn(where: string, bytes: Uint8Array | string, needles: readonly Needle[]): readonly Hit[] {
  const haystack = Buffer.from(bytes);
  return needles.flatMap(({ encoding, bytes: needle }) => {
    const offset = haystack.indexOf(needle);
    return offset < 0 ? [] : [{ where, encoding, offset }];
  });
}

/** Looks through every file below a directory, also while programs work in it: what one of them takes away meanwhile is not there. */
export function findBelow(
  dir: string,
  needles: readonly Needle[],
): { readonly hits: readonly Hit[]; readonly files: readonly string[] } {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()) // links lead to cards, sockets hold nothing
    .map((entry) => join(entry.parentPath, entry.name));
  return { files, hits: files.flatMap((file) => findIn(file, bytesOf(file), needles)) };
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Uint8Array();
    throw cause;
  }
}

function encodingsOf(part: string): readonly Needle[] {
  const bytes = Buffer.from(part, 'ascii');
  const hex = bytes.toString('hex');
  const escaped = (prefix: string, width: number) => hex.replace(/../g, (pair) => prefix + pair.padStart(width, '0'));
  const little = Buffer.from(part, 'utf16le');
  const text = (encoding: string, written: string): Needle => ({ encoding, bytes: Buffer.from(written, 'latin1') });
  const spellings = [
    text('raw', part),
    text('lower case', part.toLowerCase()),
    text('hex', hex),
    text('HEX', hex.toUpperCase()),
    text('hex with colons', hex.replace(/..(?!$)/g, '$&:')),
    ...BASE64_OFFSETS.map((offset) => text(`base64 at offset ${offset}`, base64Middle(bytes, offset))),
    text('URL-encoded', escaped('%', 2)),
    text('URL-ENCODED', escaped('%', 2).toUpperCase()),
    text('JSON-escaped', escaped('\\u', 4)),
    text('JSON-ESCAPED', escaped('\\u', 4).toUpperCase().replaceAll('\\U', '\\u')),
    { encoding: 'UTF-16 LE', bytes: little },
    { encoding: 'UTF-16 BE', bytes: Buffer.from(little).swap16() },
  ];
  return spellings;
}

/**
 * What base64 makes of these bytes whatever stands around them: only whole characters of theirs. Letters and digits
 * never give `+` or `/`, so base64url is the same.
 */
function base64Middle(bytes: Buffer, offset: (typeof BASE64_OFFSETS)[number]): string {
  const written = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return written.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
