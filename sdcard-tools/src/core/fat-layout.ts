import { err, ok, type Result } from '@ewon-agent/contracts';
import { u16, u32 } from './little-endian.ts';

// Where the clusters of a FAT volume lie and what its table says of them, for what FatFs offers no call: to overwrite clusters.
// Source: Microsoft's FAT specification (fatgen103), pp. 7-20.

/** The parts of a FAT volume, in sectors of the volume. */
export type FatLayout = {
  readonly bits: 12 | 16 | 32;
  readonly sectorBytes: number;
  readonly sectorsPerCluster: number;
  /** Where the first table begins; the others are copies that follow it. */
  readonly tableSector: number;
  readonly tableSectors: number;
  readonly tables: number;
  /** Where cluster 2 begins. */
  readonly dataSector: number;
  /** The clusters are numbered from 2 on. */
  readonly clusters: number;
  /** Where the root directory begins on a FAT32; a FAT12 or FAT16 has it outside of the clusters. */
  readonly rootCluster?: number;
};

/** Reads the layout out of a boot sector that FatFs was able to mount. Codes: CARD_DAMAGED. */
export function readFatLayout(boot: Uint8Array): Result<FatLayout> {
  const sectorBytes = u16(boot, 11);
  const sectorsPerCluster = boot[13] ?? 0;
  const tableSector = u16(boot, 14);
  const tableSectors = u16(boot, 22) || u32(boot, 36);
  const rootSectors = Math.ceil((u16(boot, 17) * ENTRY_BYTES) / (sectorBytes || 1));
  const tables = boot[16] ?? 0;
  const dataSector = tableSector + tables * tableSectors + rootSectors;
  const total = u16(boot, 19) || u32(boot, 32);
  const clusters = Math.floor((total - dataSector) / (sectorsPerCluster || 1));
  if (sectorBytes === 0 || sectorsPerCluster === 0 || clusters < 1) return err('CARD_DAMAGED', `${clusters} clusters`);
  // the borders of FatFs, which reads 4085 clusters as FAT12 where fatgen103 p. 14 says FAT16, so that both agree
  const bits = clusters <= 4085 ? 12 : clusters <= 65_525 ? 16 : 32;
  if (((clusters + 2) * bits) / 8 > tableSectors * sectorBytes) {
    return err('CARD_DAMAGED', `a table of ${tableSectors} sectors for ${clusters} clusters`);
  }
  const shape = { sectorBytes, sectorsPerCluster, clusters, tableSector, tableSectors, tables, dataSector };
  const layout = { bits, ...shape } as const;
  return ok(bits === 32 ? { ...layout, rootCluster: u32(boot, 44) } : layout);
}

/** The first sector of a cluster. */
export function fatClusterSector(layout: FatLayout, cluster: number): number {
  return layout.dataSector + (cluster - 2) * layout.sectorsPerCluster;
}

/**
 * Reads what the table says of a cluster: 0 for one that is free.
 * @param byteAt answers a byte of the first table, counted from the table's first
 */
export function tableEntry(layout: FatLayout, cluster: number, byteAt: (at: number) => number): number {
  if (layout.bits === 12) {
    const at = Math.floor(cluster * 1.5);
    const both = byteAt(at) | (byteAt(at + 1) << 8);
    return cluster % 2 === 0 ? both & 0xfff : both >> 4;
  }
  const at = (cluster * layout.bits) / 8;
  const low = byteAt(at) | (byteAt(at + 1) << 8);
  // the upper four bits of an entry of 32 are not part of it
  return layout.bits === 16 ? low : low + (byteAt(at + 2) | ((byteAt(at + 3) & 0x0f) << 8)) * 0x10000;
}

/** The clusters whose entries begin in a sector of the table; one of FAT12 may end in the next sector. */
export function clustersTold(
  layout: FatLayout,
  sectorOfTable: number,
): { readonly first: number; readonly last: number } {
  const perByte = 8 / layout.bits;
  const first = Math.ceil(sectorOfTable * layout.sectorBytes * perByte);
  const last = Math.ceil((sectorOfTable + 1) * layout.sectorBytes * perByte) - 1;
  return { first: Math.max(first, 2), last: Math.min(last, layout.clusters + 1) };
}

/** Bytes of an entry of a directory. */
export const ENTRY_BYTES = 32;
