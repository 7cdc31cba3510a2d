import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** A medium that tests prepare: bytes in memory, a sparse file of 128 GB, or a partition of either. */
export type Medium = {
  readonly sizeBytes: number;
  read(at: number, length: number): Uint8Array;
  write(at: number, bytes: Uint8Array): void;
};

/** Works on a piece of memory. */
export function memoryMedium(memory: Uint8Array): Medium {
  return {
    sizeBytes: memory.length,
    read: (at, length) => memory.slice(at, at + length),
    write: (at, bytes) => memory.set(bytes, at),
  };
}

/** Works on a file for as long as `work` takes. */
export function withFile<T>(path: string, work: (medium: Medium) => T): T {
  const file = openSync(path, 'r+');
  try {
    return work({
      sizeBytes: fstatSync(file).size,
      read: (at, length) => {
        const bytes = new Uint8Array(length);
        readSync(file, bytes, 0, length, at);
        return bytes;
      },
      write: (at, bytes) => void writeSync(file, bytes, 0, bytes.length, at),
    });
  } finally {
    closeSync(file);
  }
}

/** The part of a medium that is a partition. */
export function partOf(medium: Medium, startBytes: number, sizeBytes = medium.sizeBytes - startBytes): Medium {
  return {
    sizeBytes,
    read: (at, length) => medium.read(startBytes + at, length),
    write: (at, bytes) => medium.write(startBytes + at, bytes),
  };
}
