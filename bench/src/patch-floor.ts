import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

// The floor: the least that Node.js does to have a file that is known to be right, under its name, after a power cut. No signature.

/** Copies a file, hashes it on the way, flushes it and renames it. @returns milliseconds */
export async function floorMs(from: string, to: string, sha256: string): Promise<number> {
  const beganMs = performance.now();
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(piece, _, done) {
      hash.update(piece);
      done(null, piece);
    },
  });
  await pipeline(createReadStream(from), hashing, createWriteStream(`${to}.part`, { flush: true }));
  if (hash.digest('hex') !== sha256) throw new Error('this is a bug: the file has changed');
  await rename(`${to}.part`, to);
  await flushed(dirname(to));
  return performance.now() - beganMs;
}

/** Has a file or a directory on the disk. */
export async function flushed(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync();
  await handle.close();
}
