import { ok } from '@ewon-agent/contracts';
import type { BlockDevice } from './block-device.ts';

/** Makes a block device of a piece of memory, which it writes in place. */
export function memoryDevice(bytes: Uint8Array): BlockDevice {
  return {
    sizeBytes: bytes.length,
    read: async (offset, length) => ok(bytes.slice(offset, offset + length)),
    write: async (offset, written) => {
      bytes.set(written, offset);
      return ok(undefined);
    },
    flush: async () => ok(undefined),
    close: async () => {},
  };
}
