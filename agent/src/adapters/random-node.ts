import { randomBytes } from 'node:crypto';
import type { RandomPort } from '@ewon-agent/contracts';

/** Chance from the kernel. */
export function createNodeRandom(): RandomPort {
  return { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => Math.random() };
}
