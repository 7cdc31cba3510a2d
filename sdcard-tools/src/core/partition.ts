import { err, ok, type Result } from '@ewon-agent/contracts';
import { exfatSectorBytes, isExfatBoot } from './exfat-boot.ts';
import { GPT_SECTOR, TABLE_SECTOR_BYTES } from './gpt.ts';
import { u16, u32 } from './little-endian.ts';

// Where the file system begins: at sector 0 ("no partition table"), in the first partition of a DOS partition table, or in that of a
// GPT. An Ewon uses only the first partition (AUG-0062 §3), so later ones are never looked at, unlike FatFs, which takes the first FAT it finds.

/** Where the first sector of a medium leads. */
export type FirstSector =
  | { readonly leadsTo: 'volume'; readonly startBytes: number }
  /** It only guards a GPT from programs that know no GPT (UEFI Specification 2.10, §5.2.3). */
  | { readonly leadsTo: 'gpt' };

/** What a volume says it is; `fat` is FAT12, FAT16 or FAT32. */
export type VolumeForm = { readonly kind: 'fat' | 'exfat'; readonly sectorBytes: number };

/**
 * Decides from the first sector where the volume begins.
 * @param sector0 the first 512 bytes of the medium
 * Codes: CARD_NOT_FAT
 */
export function readFirstSector(sector0: Uint8Array, mediumBytes: number): Result<FirstSector> {
  if (isFatBootSector(sector0) || isExfatBoot(sector0)) return ok({ leadsTo: 'volume', startBytes: 0 });
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
  if (first.type === 0xee) {
    return first.start === GPT_SECTOR
      ? ok({ leadsTo: 'gpt' })
      : err('CARD_NOT_FAT', `a GPT that begins at sector ${first.start}`);
  }
  const startBytes = first.start * TABLE_SECTOR_BYTES;
  if (first.start === 0 || startBytes >= mediumBytes) {
    return err('CARD_NOT_FAT', 'the first partition begins beyond the end of the medium');
  }
  return ok({ leadsTo: 'volume', startBytes });
}

/**
 * Reads what kind of volume it is, and the size of its sectors, from its own first sector.
 * @returns sectors of 512, 1024, 2048 or 4096 bytes. Codes: CARD_NOT_FAT, CARD_DAMAGED
 */
export function readVolumeForm(bootSector: Uint8Array): Result<VolumeForm> {
  if (isFatBootSector(bootSector)) return ok({ kind: 'fat', sectorBytes: u16(bootSector, 11) });
  if (isExfatBoot(bootSector)) {
    const size = exfatSectorBytes(bootSector);
    return size.ok ? ok({ kind: 'exfat', sectorBytes: size.value }) : size;
  }
  return err('CARD_NOT_FAT', nameOfForeign(bootSector) ?? 'no boot sector of FAT or exFAT in the first partition');
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
    !isExfatBoot(sector) &&
    nameOfForeign(sector) === undefined
  );
}

function nameOfForeign(sector: Uint8Array): string | undefined {
  const name = String.fromCharCode(...sector.subarray(3, 11));
  return name === 'NTFS    ' ? 'it is NTFS' : undefined;
}

function hasSignature(sector: Uint8Array): boolean {
  return sector[510] === 0x55 && sector[511] === 0xaa;
}
