import { latin1Bytes, latin1Text } from './latin1.ts';

// backup.tar: a POSIX tar with flat names and two blocks of zeros at its end (ewon-facts §1.8).

/** Writes files by name. */
export function tarOf(files: ReadonlyMap<string, Uint8Array>, atMs: number): Uint8Array {
  const blocks = [...files].flatMap(([name, bytes]) => [
    header(name, bytes.length, atMs),
    bytes,
    padding(bytes.length),
  ]);
  return joined([...blocks, new Uint8Array(2 * BLOCK)]);
}

/** Finds the files in a tar. @returns undefined when it is none, or cut short */
export function filesInTar(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; ; ) {
    const head = bytes.subarray(at, at + BLOCK);
    if (head.length < BLOCK) return undefined;
    if (head.every((byte) => byte === 0)) return files;
    if (Number.parseInt(fieldIn(head, 148, 8), 8) !== sumOf(head)) return undefined;
    const size = Number.parseInt(fieldIn(head, 124, 12), 8);
    const from = at + BLOCK;
    if (!(size >= 0) || from + size > bytes.length) return undefined;
    const kind = fieldIn(head, 156, 1);
    if (kind === '0' || kind === '')
      files.set(fieldIn(head, 0, 100).replace(/^\.\//, ''), bytes.slice(from, from + size));
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
}

const BLOCK = 512;

function header(name: string, size: number, atMs: number): Uint8Array {
  const head = new Uint8Array(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  const put = (at: number, text: string) => head.set(latin1Bytes(text), at);
  put(0, name.slice(0, 99));
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(Math.floor(atMs / 1000), 11));
  put(156, '0');
  put(257, 'ustar\x0000');
  put(148, `${sumOf(head).toString(8).padStart(6, '0')}\0 `);
  return head;
}

/** The sum of a header, in which the sum itself counts as blanks. */
function sumOf(head: Uint8Array): number {
  return head.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

function fieldIn(head: Uint8Array, at: number, length: number): string {
  return latin1Text(head.subarray(at, at + length))
    .replace(/\0[\s\S]*$/, '')
    .trim();
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
