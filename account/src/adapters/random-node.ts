import { randomBytes, randomInt } from 'node:crypto';
import type { RandomPort } from '@ewon-agent/contracts';

/** Chance from the operating system. */
export function createRandomNode(): RandomPort {
  return {
    bytes: (length) => new Uint8Array(randomBytes(length)),
    fraction: () => randomInt(2 ** 32) / 2 ** 32,
  };
}
