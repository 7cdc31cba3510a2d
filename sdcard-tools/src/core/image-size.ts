import { err, KIB, ok, type Result } from '@ewon-agent/contracts';

const MIB = KIB * KIB;

/**
 * The smallest image that is soundly FAT32. A FAT32 has more than 65,525 clusters, here of 512 bytes, with two tables of 4 bytes
 * each and 32 reserved sectors: 32.5 MiB. Rounded up, because Microsoft advises to keep away from the border (fatgen103 p. 15).
 */
export const smallestFat32Bytes = 33 * MIB;

/** The smallest image that FatFs formats: 128 sectors, a FAT12. */
export const smallestImageBytes = 64 * KIB;

/**
 * Reads a size such as `64M`: bytes, or with K, M, G for powers of 1024.
 * @returns a multiple of 512. Codes: USAGE
 */
export function parseSize(text: string): Result<number> {
  const [, digits, unit] = /^(\d{1,12})([KMG]?)$/i.exec(text) ?? [];
  if (digits === undefined) return err('USAGE', 'a size is a number with K, M or G, such as 64M');
  const factor = { K: KIB, M: MIB, G: KIB * MIB }[(unit ?? '').toUpperCase()] ?? 1;
  const sizeBytes = Number(digits) * factor;
  return sizeBytes % 512 === 0 ? ok(sizeBytes) : err('USAGE', `${sizeBytes} bytes is no multiple of 512`);
}
