import type { Result } from '@ewon-agent/contracts';

/**
 * A medium as a row of bytes: an image file, a card in a reader, a piece of memory.
 *
 * Obligations:
 * - `read` answers exactly `length` bytes, in a buffer that nobody else changes afterwards, or a fault; offsets and lengths are
 *   multiples of 512 and lie within `sizeBytes`. Codes: CARD_UNREADABLE, CARD_GONE.
 * - `readBack`, where there is one, answers like `read` but from the medium itself, past what the system remembers of it.
 * - `write` has put all bytes in place when it answers; only `flush` makes them survive a power cut. A device opened for reading has
 *   neither. Codes: CARD_UNWRITABLE, CARD_GONE.
 * - Nothing throws or rejects. After `close` nothing else is called.
 */
export type BlockDevice = {
  readonly sizeBytes: number;
  read(offset: number, length: number): Promise<Result<Uint8Array>>;
  readBack?(offset: number, length: number): Promise<Result<Uint8Array>>;
  write?(offset: number, bytes: Uint8Array): Promise<Result<void>>;
  flush?(): Promise<Result<void>>;
  close(): Promise<void>;
};

/** The same medium, read back: past the system's memory where there is a way. */
export function readingBack(device: BlockDevice): BlockDevice {
  return { ...device, read: device.readBack ?? device.read };
}
