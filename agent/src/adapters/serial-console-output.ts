import type { Tty } from './serial-tty.ts';

/** What waits to be written to a terminal: a page at its longest, many times over. At 9600 baud it takes five minutes. */
export const OUTPUT_MAX_BYTES = 262_144;
/** Given to the kernel at once, so that what is discarded is most of it: as long as a line at 115200 takes for a blink. */
const PIECE_BYTES = 1024;

/** What is written to a terminal that may take nothing for hours. */
export type TtyOutput = {
  /** Never waits. What there is no room for is dropped, and `lost` is called once there is room again. ASCII only. */
  write(text: string): void;
  /** Drops what the kernel does not have yet. */
  discard(): void;
  /** Something waits, and some of it was taken since this was asked before: a terminal that was stopped takes nothing. */
  isTaken(): boolean;
  /** Resolves when the kernel has all of it, or the terminal is gone. */
  flushed(): Promise<void>;
};

/** @param lost is told how many bytes were dropped; what it writes comes at their place */
export function createTtyOutput(tty: Pick<Tty, 'write'>, lost: (bytes: number) => void): TtyOutput {
  // one room that lasts: a hundred thousand echoed characters must not be a hundred thousand buffers
  const room = Buffer.allocUnsafe(OUTPUT_MAX_BYTES);
  let length = 0;
  let lostBytes = 0;
  let hasTaken = false;
  let isGone = false;
  let writing: Promise<void> | undefined;

  const pump = async () => {
    while (length > 0 && !isGone) {
      const piece = Buffer.from(room.subarray(0, Math.min(length, PIECE_BYTES)));
      room.copyWithin(0, piece.length, length);
      length -= piece.length;
      try {
        await tty.write(piece);
        hasTaken = true;
      } catch {
        isGone = true; // whoever reads is told why
      }
      if (length > 0 || lostBytes === 0 || isGone) continue;
      const bytes = lostBytes;
      lostBytes = 0;
      lost(bytes);
    }
    writing = undefined;
  };

  return {
    write(text) {
      if (isGone) return;
      const kept = lostBytes > 0 ? 0 : room.write(text, length, 'latin1');
      length += kept;
      lostBytes += text.length - kept;
      if (length > 0) writing ??= pump();
    },
    discard() {
      [length, lostBytes] = [0, 0];
    },
    isTaken() {
      const is = length > 0 && hasTaken;
      hasTaken = false;
      return is;
    },
    flushed: () => writing ?? Promise.resolve(),
  };
}
