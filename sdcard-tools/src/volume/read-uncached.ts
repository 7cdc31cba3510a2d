import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

// What was written is still in the kernel's memory, and reading it there proves nothing about the card. O_DIRECT reads the medium itself;
// it wants buffers, offsets and lengths aligned to its blocks.

/** Reads a medium past the kernel's cache. */
export type Uncached = {
  /** Answers `length` bytes, fewer at the end of the medium. @throws what the system says */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

/** No medium has larger blocks (logical block size of Linux block devices: up to a page). */
const BLOCK_BYTES = 4096;
const WINDOW_BYTES = 256 * 1024;

/**
 * Opens what a descriptor has open once more, past the kernel's cache.
 * @returns undefined where there is no such way: some file systems in memory have none
 */
export async function openUncached(fd: number): Promise<Uncached | undefined> {
  let file: FileHandle;
  try {
    file = await open(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_DIRECT | constants.O_NONBLOCK);
  } catch {
    return undefined; // EINVAL from the file system, or no /proc: then the cache has to do, and who asks says so
  }
  // the only memory of this runtime that begins at a page
  const window = new Uint8Array(new WebAssembly.Memory({ initial: WINDOW_BYTES / 65_536 }).buffer);
  let turn: Promise<unknown> = Promise.resolve();

  const readOnce = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const from = offset + done - ((offset + done) % BLOCK_BYTES);
      const skip = offset + done - from;
      const wanted = Math.min(WINDOW_BYTES, Math.ceil((skip + length - done) / BLOCK_BYTES) * BLOCK_BYTES);
      const { bytesRead } = await file.read(window, 0, wanted, from);
      if (bytesRead <= skip) return bytes.subarray(0, done);
      const part = window.subarray(skip, Math.min(bytesRead, skip + length - done));
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  };

  return {
    // one at a time: there is one window
    read(offset, length) {
      const mine = turn.then(() => readOnce(offset, length));
      turn = mine.catch(() => {}); // said to who asked for it
      return mine;
    },
    close: () => file.close(),
  };
}
