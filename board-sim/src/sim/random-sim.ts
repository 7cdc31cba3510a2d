import { createHash, randomInt } from 'node:crypto';
import type { RandomPort } from '@ewon-agent/contracts';

/** Chance that can be played again. Each boot of a board draws on where the last one stopped, as real chance does. */
export type SeededRandom = RandomPort & { readonly seed: number };

/** A seed that nobody chose. */
export function freshSeed(): number {
  return randomInt(2 ** 31);
}

/** Makes chance from a seed: SHA-256 over seed and counter. The same seed gives the same bytes in the same order. */
export function createRandom(seed: number): SeededRandom {
  let counter = 0;
  let stock = Buffer.alloc(0);
  const bytes = (length: number): Uint8Array => {
    while (stock.length < length) {
      stock = Buffer.concat([stock, createHash('sha256').update(`${seed}/${counter++}`).digest()]);
    }
    const drawn = Uint8Array.from(stock.subarray(0, length));
    stock = stock.subarray(length);
    return drawn;
  };
  return {
    seed,
    bytes,
    // 48 bits: more than jitter needs, and exact in a double
    fraction: () => bytes(6).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 48,
  };
}

/**
 * Runs a test with a seed and, when it fails, says which seed it was, so that it can be run again with the same.
 * @param seed that of an earlier failure; a fresh one otherwise
 */
export async function withSeed<T>(run: (seed: number) => Promise<T> | T, seed = freshSeed()): Promise<T> {
  try {
    return await run(seed);
  } catch (cause) {
    throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
