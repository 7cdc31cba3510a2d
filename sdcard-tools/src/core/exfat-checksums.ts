// The three sums of exFAT are one: turn right by a bit, add the next byte.
// Source: Microsoft's exFAT specification, revision 1.00 (2019), §3.4, §6.3.3, §7.6.4.

/** Bytes of the boot sector that a mounted volume changes, VolumeFlags and PercentInUse, are left out. */
const CHANGING = [106, 107, 112];
/** Where the sum of an entry set stands within the set. */
const SET_CHECKSUM = [2, 3];

/**
 * Sums up the first eleven sectors of a volume (exFAT §3.4, figure 1).
 * @returns 32 bits, unsigned
 */
export function bootChecksum(sectors: Uint8Array): number {
  let sum = 0;
  for (const [at, byte] of sectors.entries()) {
    if (!CHANGING.includes(at)) sum = (((sum & 1) << 31) | (sum >>> 1)) + byte;
    sum >>>= 0;
  }
  return sum;
}

/**
 * Sums up a whole set of directory entries (exFAT §6.3.3, figure 2).
 * @returns 16 bits
 */
export function setChecksum(entries: Uint8Array): number {
  return sum16(entries, SET_CHECKSUM);
}

/**
 * Makes the hash of a name (exFAT §7.6.4, figure 4).
 * @param upCased the name in upper case: UTF-16, each unit as two bytes, the lower one first
 * @returns 16 bits
 */
export function nameHash(upCased: Uint8Array): number {
  return sum16(upCased, []);
}

function sum16(bytes: Uint8Array, leftOut: readonly number[]): number {
  let sum = 0;
  for (const [at, byte] of bytes.entries()) {
    if (!leftOut.includes(at)) sum = ((((sum & 1) << 15) | (sum >>> 1)) + byte) & 0xffff;
  }
  return sum;
}
