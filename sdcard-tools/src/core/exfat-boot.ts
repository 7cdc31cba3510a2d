import { err, ok, type Result } from '@ewon-agent/contracts';
import { bootChecksum } from './exfat-checksums.ts';
import { u16, u32, u64 } from './little-endian.ts';

// The boot region of an exFAT volume: where its table and its clusters lie. Only the main region is looked at: no system mounts a
// volume from its backup (exFAT §3.1 keeps that for recovery), so neither do we.
// Source: Microsoft's exFAT specification, revision 1.00 (2019), §2, §3.

/** Where the parts of a volume lie. Sectors are counted from the first one of the volume, clusters from 2. */
export type ExfatLayout = {
  readonly sectorBytes: number;
  readonly sectorsPerCluster: number;
  readonly clusterCount: number;
  /** First sector of the table that is in use. */
  readonly fatSector: number;
  readonly heapSector: number;
  readonly rootCluster: number;
};

/** Eleven sectors and one that holds their checksum (exFAT §2, table 3). */
export const BOOT_REGION_SECTORS = 12;

/** Tells whether a first sector says of itself that it is exFAT (exFAT §3.1.2); whether it is sound is another question. */
export function isExfatBoot(sector: Uint8Array): boolean {
  return String.fromCharCode(...sector.subarray(3, 11)) === 'EXFAT   ';
}

/**
 * Reads the size of a volume's sectors from its first 512 bytes (exFAT §3.1.14).
 * @returns 512, 1024, 2048 or 4096. Codes: CARD_DAMAGED
 */
export function exfatSectorBytes(boot: Uint8Array): Result<number> {
  const shift = boot[108] ?? 0;
  return shift >= 9 && shift <= 12 ? ok(2 ** shift) : damaged(`sectors of 2^${shift} bytes`);
}

/**
 * Reads the main boot region; every field must lie in its range and the checksum must fit.
 * Does *not* check that the medium is as large as the volume says: what lies beyond its end is missed when it is read.
 * @param region {@link BOOT_REGION_SECTORS} whole sectors
 * Codes: CARD_DAMAGED, CARD_NOT_FAT (a later revision of exFAT).
 */
export function readExfatBoot(region: Uint8Array): Result<ExfatLayout> {
  const size = exfatSectorBytes(region);
  if (!size.ok) return size;
  const sectorBytes = size.value;
  const layout = layoutOf(region, sectorBytes);
  const lie = lieIn(region, sectorBytes);
  if (lie !== undefined) return damaged(lie);
  const sum = bootChecksum(region.subarray(0, 11 * sectorBytes));
  for (let at = 11 * sectorBytes; at < BOOT_REGION_SECTORS * sectorBytes; at += 4) {
    if (u32(region, at) !== sum) return damaged('the checksum of the boot region');
  }
  const major = region[105] ?? 0;
  if (major !== 1) return err('CARD_NOT_FAT', `exFAT of revision ${major}.${region[104]}`); // §3.1.12: shall not mount
  return ok(layout);
}

const JUMP = [0xeb, 0x76, 0x90]; // §3.1.1

function layoutOf(boot: Uint8Array, sectorBytes: number): ExfatLayout {
  const secondFat = (u16(boot, 106) & 1) === 1; // ActiveFat, §3.1.13.1
  return {
    sectorBytes,
    sectorsPerCluster: 2 ** (boot[109] ?? 0),
    clusterCount: u32(boot, 92),
    fatSector: u32(boot, 80) + (secondFat ? u32(boot, 84) : 0),
    heapSector: u32(boot, 88),
    rootCluster: u32(boot, 96),
  };
}

/** Names the first field that is out of its range (exFAT §3.1.3 to §3.1.20). */
function lieIn(boot: Uint8Array, sectorBytes: number): string | undefined {
  const { sectorsPerCluster, clusterCount, heapSector, rootCluster } = layoutOf(boot, sectorBytes);
  const volumeSectors = Number(u64(boot, 72));
  const [fatOffset, fatLength, fats] = [u32(boot, 80), u32(boot, 84), boot[110] ?? 0];
  const clustersThatFit = Math.floor((volumeSectors - heapSector) / sectorsPerCluster);
  const lies: readonly (readonly [lie: boolean, what: string])[] = [
    [boot.length < BOOT_REGION_SECTORS * sectorBytes, 'a boot region cut short'],
    [!isExfatBoot(boot) || JUMP.some((byte, i) => boot[i] !== byte), 'the first eleven bytes'],
    [u16(boot, 510) !== 0xaa55, 'the boot signature'],
    [boot.subarray(11, 64).some((byte) => byte !== 0), 'bytes 11 to 63 must be zero'],
    [sectorsPerCluster * sectorBytes > 2 ** 25, `clusters of 2^${boot[109]} sectors`],
    [fats !== 1 && fats !== 2, `${fats} tables`],
    [fats === 1 && (u16(boot, 106) & 1) === 1, 'its second table is in use, and there is none'],
    [volumeSectors * sectorBytes < 2 ** 20, `a volume of ${volumeSectors} sectors`],
    [fatOffset < 24, `a table at sector ${fatOffset}`],
    [fatLength * sectorBytes < (clusterCount + 2) * 4, `${clusterCount} clusters, a table of ${fatLength} sectors`],
    [fatOffset + fatLength * fats > heapSector, 'its table reaches into its clusters'],
    [clusterCount > 2 ** 32 - 11 || clusterCount > clustersThatFit, `${clusterCount} clusters`],
    [rootCluster < 2 || rootCluster > clusterCount + 1, `a root directory at cluster ${rootCluster}`],
  ];
  return lies.find(([lie]) => lie)?.[1];
}

function damaged(what: string): Result<never> {
  return err('CARD_DAMAGED', `exFAT: ${what}`);
}
