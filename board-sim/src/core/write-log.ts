import { err, ok, type Result } from '@ewon-agent/contracts';

// What QEMU's driver blklogwrites records of a disk: each write and each flush, in the order in which they were done.
// Source: Linux Documentation/admin-guide/device-mapper/log-writes.rst and drivers/md/dm-log-writes.c, format version 1.
// A head in the first sector; then entries, each a sector and behind it, in whole sectors, what was written.

const MAGIC = 0x6a736677736872n;
const VERSION = 1n;
const FLUSH = 1n;
const ENTRY_HEAD_BYTES = 32;
/** The head of a log is so long. */
export const WRITE_LOG_HEAD_BYTES = 28;

/** Something the board asked of its disk. A write is in the disk's cache until the next flush. */
export type DiskStep =
  | { readonly does: 'write'; readonly offsetBytes: number; readonly data: Uint8Array }
  | { readonly does: 'flush' };

/** Where a power cut may find the disk, counted in steps from the first. */
export type CrashPoint = {
  /** So many steps are on the disk whatever happens: the last of them is a flush. */
  readonly flushed: number;
  /** With this step the next flush is done: what lies between may be on the disk or not, in any order. */
  readonly next: number;
};

/**
 * Reads from the head of a log how many entries it has. It is written anew with each flush, so what came after the last one is
 * not counted. Undefined while there is none. Codes: BAD_REQUEST (no such log)
 */
export function countSteps(head: Buffer): Result<number | undefined> {
  if (head.length < WRITE_LOG_HEAD_BYTES) return ok(undefined);
  if (head.readBigUInt64LE(0) !== MAGIC || head.readBigUInt64LE(8) !== VERSION) {
    return err('BAD_REQUEST', 'this is no log of writes of version 1');
  }
  return ok(Number(head.readBigUInt64LE(16)));
}

/**
 * Reads a whole log. Codes: BAD_REQUEST (no such log, cut off, or with anything but writes and flushes: a discard, or a
 * write that passes by the cache, for neither of which our boards ask)
 */
export function readSteps(log: Buffer): Result<readonly DiskStep[]> {
  const counted = countSteps(log);
  if (!counted.ok) return counted;
  const sectorBytes = counted.value === undefined ? 0 : log.readUInt32LE(24);
  if (counted.value === undefined || sectorBytes < ENTRY_HEAD_BYTES)
    return err('BAD_REQUEST', 'an empty log of writes');
  const steps: DiskStep[] = [];
  let at = sectorBytes;
  for (let nth = 0; nth < counted.value; nth += 1) {
    if (at + ENTRY_HEAD_BYTES > log.length) return err('BAD_REQUEST', `cut off at entry ${nth}`);
    const [sector, sectors, flags] = [0, 8, 16].map((offset) => log.readBigUInt64LE(at + offset));
    const from = at + sectorBytes;
    at = from + Number(sectors) * sectorBytes;
    if (at > log.length) return err('BAD_REQUEST', `cut off in entry ${nth}`);
    if (flags !== 0n && (flags !== FLUSH || sectors !== 0n))
      return err('BAD_REQUEST', `entry ${nth} has flags ${flags}`);
    steps.push(
      flags === FLUSH
        ? { does: 'flush' }
        : { does: 'write', offsetBytes: Number(sector) * sectorBytes, data: log.subarray(from, at) },
    );
  }
  return ok(steps);
}

/** Finds the places at which a power cut may find the disk: one after each flush, the last of which has no end. */
export function crashPoints(steps: readonly DiskStep[]): readonly CrashPoint[] {
  const flushed = steps.flatMap(({ does }, at) => (does === 'flush' ? [at + 1] : []));
  return flushed.map((count, at) => ({ flushed: count, next: flushed[at + 1] ?? Number.POSITIVE_INFINITY }));
}
