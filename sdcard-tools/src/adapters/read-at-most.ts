import { open } from 'node:fs/promises';

/**
 * Reads a stream to its end, unless it is longer than it may be.
 * @returns undefined when it is longer; the stream is closed then
 * @throws what the stream throws
 */
export async function readAtMost(stream: AsyncIterable<unknown>, maxBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    if (!(part instanceof Uint8Array)) throw new Error('this is a bug: the stream is not one of bytes');
    parts.push(part);
    length += part.length;
    if (length > maxBytes) return undefined; // leaving the loop closes the stream
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Like {@link readAtMost}, of a file or whatever can be opened like one. */
export async function readFileAtMost(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  return readAtMost((await open(path)).createReadStream(), maxBytes);
}
