import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ok } from '@ewon-agent/contracts';
import fc from 'fast-check';
import type { BlockDevice } from '../volume/block-device.ts';

// Cards that somebody, or wear, has changed in a few places.

/** Bytes of an image that become others. */
export type Patch = { readonly at: number; readonly bytes: Uint8Array };

/** A medium that is an image with patches; the image itself stays as it is. */
export function patchedDevice(image: Uint8Array, patches: readonly Patch[]): BlockDevice {
  return {
    sizeBytes: image.length,
    read: async (offset, length) => {
      const bytes = image.slice(offset, offset + length);
      for (const patch of patches) {
        for (const [i, byte] of patch.bytes.entries()) {
          const at = patch.at + i - offset;
          if (at >= 0 && at < length) bytes[at] = byte;
        }
      }
      return ok(bytes);
    },
    close: async () => {},
  };
}

/** Chooses bytes that programs stumble over: borders of numbers of 1, 2, 4 and 8 bytes, the lower byte first, and any others. */
export const badBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom(1, 2, 4, 8),
        fc.constantFrom(0n, 1n, 2n, 5n, -1n, -2n, -9n, 1n << 7n, 1n << 15n, 1n << 31n, 1n << 63n),
      )
      .map(([length, value]) => new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer).slice(0, length)),
  },
);

/**
 * Chooses patches: nine in ten where something is written in the sectors that matter, the others anywhere.
 * @param sectors of 512 bytes, by number; those that hold nothing do not count
 */
export function patchesFor(image: Uint8Array, sectors: readonly number[]): fc.Arbitrary<readonly Patch[]> {
  const written = sectors
    .map((sector) => Array.from({ length: 512 }, (_, i) => sector * 512 + i).filter((at) => image[at] !== 0))
    .filter((places) => places.length > 0);
  const hot = fc.constantFrom(...written).chain((places) => fc.constantFrom(...places));
  const at = fc.oneof({ weight: 9, arbitrary: hot }, { weight: 1, arbitrary: fc.nat(image.length - 9) });
  return fc.array(fc.record({ at, bytes: badBytes }), { minLength: 1, maxLength: 6 });
}

/** The memory that this process holds when everything that nobody needs was given back. */
export async function residentBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  for (let i = 0; i < 3 && typeof collect === 'function'; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve)); // what WebAssembly held is freed after a turn
  }
  return process.memoryUsage.rss();
}

/** How many cases a fuzz test runs: its share of FUZZ_CASES, or as many as it says itself. */
export function casesFor(share: number, usually: number): number {
  const asked = Number(process.env['FUZZ_CASES']);
  return Number.isSafeInteger(asked) && asked > 0 ? Math.ceil(asked * share) : usually;
}
