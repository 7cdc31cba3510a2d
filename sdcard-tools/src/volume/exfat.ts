import { err, ok, type Result } from '@ewon-agent/contracts';
import { BOOT_REGION_SECTORS, type ExfatLayout, readExfatBoot } from '../core/exfat-boot.ts';
import { clusterBytes, clusterSector, isCluster, linkPlace, nextCluster } from '../core/exfat-chain.ts';
import { filesOf, scanDirectory, UNREAD_DIRECTORY } from '../core/exfat-directory.ts';
import type { ExfatFile } from '../core/exfat-file.ts';
import type { FatOutcome } from './on-fat.ts';
import { type ReadBudget, type Sectors, sectorsOf, type Volume } from './sectors.ts';

// Our own reader of exFAT, because FatFs in js-fatfs is built without it: the root directory and small files, and nothing is written.
// It asks for sectors one after the other, so unlike FatFs it needs no second run; what they mean is decided in core.

/**
 * The root directory of an exFAT volume. No cluster may be met twice, in a chain, in two files, or in a file and the directory; so it
 * is listed once, and each file is read once.
 * Codes: CARD_NOT_FAT (a later revision), CARD_DAMAGED, CARD_BUDGET, CARD_UNREADABLE, CARD_GONE.
 */
export type Exfat = {
  /** The files of the known names, as they are spelled on the card. */
  list(): Promise<Result<readonly ExfatFile[]>>;
  /** Codes: CARD_TOO_LARGE as well, and then nothing was read. */
  read(file: ExfatFile, maxBytes: number): Promise<Result<Uint8Array>>;
};

/** Runs a program on an exFAT volume, once. Codes: those of the program and of {@link Exfat}. Time is the caller's to watch. */
export async function onExfat<T>(
  volume: Volume,
  budget: ReadBudget,
  program: (exfat: Exfat) => Promise<Result<T>>,
): Promise<Result<FatOutcome<T>>> {
  const sectors = sectorsOf(volume, budget);
  const region = await readRun(sectors, 0, BOOT_REGION_SECTORS);
  if (!region.ok) return region;
  const layout = readExfatBoot(region.value);
  if (!layout.ok) return layout;
  const result = await program(exfatOver(sectors, layout.value));
  return result.ok ? ok({ value: result.value, sectors }) : result;
}

function exfatOver(sectors: Sectors, layout: ExfatLayout): Exfat {
  const met = new Set<number>();

  const meet = (cluster: number): Result<void> => {
    if (!isCluster(layout, cluster)) return err('CARD_DAMAGED', `there is no cluster ${cluster}`);
    if (met.has(cluster)) return err('CARD_DAMAGED', `cluster ${cluster} is used twice`);
    met.add(cluster);
    return ok(undefined);
  };

  const following = async (cluster: number): Promise<Result<number | undefined>> => {
    const sector = await sectors.get(linkPlace(layout, cluster).sector);
    return sector.ok ? nextCluster(layout, cluster, sector.value) : sector;
  };

  /** All clusters of a file, as many as its size needs. */
  const clustersOf = async ({ name, firstCluster, sizeBytes, contiguous }: ExfatFile): Promise<Result<number[]>> => {
    const wanted = Math.ceil(Number(sizeBytes) / clusterBytes(layout));
    const clusters: number[] = [];
    let next: Result<number | undefined> = ok(firstCluster);
    while (clusters.length < wanted) {
      if (!next.ok) return next;
      if (next.value === undefined) return err('CARD_DAMAGED', `${name} is shorter than its size`);
      const cluster: number = next.value;
      const fresh = meet(cluster);
      if (!fresh.ok) return fresh;
      clusters.push(cluster);
      if (clusters.length < wanted) next = contiguous ? ok(cluster + 1) : await following(cluster);
    }
    return ok(clusters);
  };

  return {
    async list() {
      let scan = UNREAD_DIRECTORY;
      let cluster: number | undefined = layout.rootCluster;
      while (cluster !== undefined && !scan.ended) {
        const fresh = meet(cluster);
        if (!fresh.ok) return fresh;
        for (let i = 0; i < layout.sectorsPerCluster && !scan.ended; i++) {
          const sector = await sectors.get(clusterSector(layout, cluster) + i);
          if (!sector.ok) return sector;
          const scanned = scanDirectory(scan, sector.value);
          if (!scanned.ok) return scanned;
          scan = scanned.value;
        }
        if (scan.ended) break;
        const next = await following(cluster);
        if (!next.ok) return next;
        cluster = next.value;
      }
      return filesOf(scan);
    },

    async read(file, maxBytes) {
      const { name, sizeBytes, validBytes } = file;
      if (sizeBytes > maxBytes) return err('CARD_TOO_LARGE', `${name} is ${sizeBytes} bytes, limit ${maxBytes}`);
      if (validBytes > sizeBytes) return err('CARD_DAMAGED', `${name}: ${validBytes} bytes of ${sizeBytes} are valid`);
      const clusters = await clustersOf(file);
      if (!clusters.ok) return clusters;
      const bytes = new Uint8Array(Number(sizeBytes));
      const valid = Number(validBytes);
      for (let at = 0; at < valid; at += layout.sectorBytes) {
        const cluster = clusters.value[Math.floor(at / clusterBytes(layout))] ?? 0;
        const within = Math.floor((at % clusterBytes(layout)) / layout.sectorBytes);
        const sector = await sectors.get(clusterSector(layout, cluster) + within);
        if (!sector.ok) return sector;
        bytes.set(sector.value.subarray(0, valid - at), at);
      }
      return ok(bytes);
    },
  };
}

async function readRun(sectors: Sectors, first: number, count: number): Promise<Result<Uint8Array>> {
  const bytes = new Uint8Array(count * sectors.sectorBytes);
  for (let i = 0; i < count; i++) {
    const sector = await sectors.get(first + i);
    if (!sector.ok) return sector;
    bytes.set(sector.value, i * sectors.sectorBytes);
  }
  return ok(bytes);
}
