import { err, ok, type Result } from '@ewon-agent/contracts';
import type { ExfatLayout } from './exfat-boot.ts';
import { u32 } from './little-endian.ts';

// Which clusters belong together, and where they lie.
// Source: Microsoft's exFAT specification, revision 1.00 (2019), §4.1, §5.1, §6.3.4.2.

/** Bytes of a cluster. */
export function clusterBytes(layout: ExfatLayout): number {
  return layout.sectorBytes * layout.sectorsPerCluster;
}

/** The first sector of a cluster (exFAT §5.1, table 12). */
export function clusterSector(layout: ExfatLayout, cluster: number): number {
  return layout.heapSector + (cluster - 2) * layout.sectorsPerCluster;
}

/** Where the table tells what follows a cluster: a sector, and a byte in it (exFAT §4.1, table 11). */
export function linkPlace(layout: ExfatLayout, cluster: number): { readonly sector: number; readonly at: number } {
  const at = cluster * 4;
  return { sector: layout.fatSector + Math.floor(at / layout.sectorBytes), at: at % layout.sectorBytes };
}

/**
 * Reads what follows a cluster (exFAT §4.1.3).
 * @param sector the one of {@link linkPlace}
 * @returns undefined at the end of the chain. Codes: CARD_DAMAGED
 */
export function nextCluster(layout: ExfatLayout, cluster: number, sector: Uint8Array): Result<number | undefined> {
  const next = u32(sector, linkPlace(layout, cluster).at);
  if (next === 0xffff_ffff) return ok(undefined);
  return isCluster(layout, next) ? ok(next) : err('CARD_DAMAGED', `cluster ${cluster} leads to ${next}`);
}

/** Tells whether there is such a cluster (exFAT §6.2.2). */
export function isCluster(layout: ExfatLayout, cluster: number): boolean {
  return cluster >= 2 && cluster <= layout.clusterCount + 1;
}
