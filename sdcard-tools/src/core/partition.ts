import { err, ok, type Result } from '@ewon-agent/contracts';

// Where the file system begins: at sector 0 ("no partition table"), or in the first partition of a DOS partition table. An Ewon
// uses only the first partition (AUG-0062 §3), so later ones are never looked at, unlike FatFs, which takes the first FAT it finds.

/** Where a FAT volume lies on a medium. */
export type VolumePlace = { readonly startBytes: number; readonly sectorBytes: number };

/** Sectors of partition tables are 512 bytes on every SD card and USB stick. */
export const TABLE_SECTOR_BYTES = 512;

/**
 * Decides from the first sector where the volume begins.
 * @param sector0 the first 512 bytes of the medium
 * @returns the offset of the volume's own first sector, 0 without a partition table. Codes: CARD_NOT_FAT
 */
export function volumeStart(sector0: Uint8Array, mediumBytes: number): Result<number> {
  if (isFatBootSector(sector0)) return ok(0);
  if (!hasSignature(sector0)) return err('CARD_NOT_FAT', 'no boot signature in the first sector');
  const foreign = nameOfForeign(sector0);
  if (foreign) return err('CARD_NOT_FAT', foreign);
  const entries = [446, 462, 478, 494].map((at) => ({
    active: sector0[at],
    type: sector0[at + 4],
    start: u32(sector0, at + 8),
  }));
  if (entries.some((e) => e.active !== 0x00 && e.active !== 0x80)) return err('CARD_NOT_FAT', 'no partition table');
  const first = entries.find((e) => e.type !== 0);
  if (!first) return err('CARD_NOT_FAT', 'an empty partition table');
  if (first.type === 0xee) return err('CARD_NOT_FAT', 'a GPT partition table');
  const startBytes = first.start * TABLE_SECTOR_BYTES;
  if (first.start === 0 || startBytes >= mediumBytes) {
    return err('CARD_NOT_FAT', 'the first partition begins beyond the end of the medium');
  }
  return ok(startBytes);
}

/**
 * Reads the size of a volume's sectors from its own first sector.
 * @returns 512, 1024, 2048 or 4096. Codes: CARD_NOT_FAT
 */
export function volumeSectorBytes(bootSector: Uint8Array): Result<number> {
  if (isFatBootSector(bootSector)) return ok(u16(bootSector, 11));
  return err('CARD_NOT_FAT', nameOfForeign(bootSector) ?? 'no FAT boot sector in the first partition');
}

/** Microsoft's FAT specification (fatgen103) p. 9: what a boot sector must have at the least. */
function isFatBootSector(sector: Uint8Array): boolean {
  const [jump = 0] = sector;
  const sectorsPerCluster = sector[13] ?? 0;
  const tables = sector[16] ?? 0;
  return (
    sector.length >= TABLE_SECTOR_BYTES &&
    [0xeb, 0xe9, 0xe8].includes(jump) &&
    [512, 1024, 2048, 4096].includes(u16(sector, 11)) &&
    sectorsPerCluster !== 0 &&
    (sectorsPerCluster & (sectorsPerCluster - 1)) === 0 &&
    u16(sector, 14) !== 0 &&
    (tables === 1 || tables === 2) &&
    nameOfForeign(sector) === undefined
  );
}

function nameOfForeign(sector: Uint8Array): string | undefined {
  const name = String.fromCharCode(...sector.subarray(3, 11));
  return ['EXFAT   ', 'NTFS    '].includes(name) ? `it is ${name.trim()}` : undefined;
}

function hasSignature(sector: Uint8Array): boolean {
  return sector[510] === 0x55 && sector[511] === 0xaa;
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) + u16(bytes, at + 2) * 0x10000;
}
