import { CARD_PIECE_MAX_BYTES, type CardPart, type CardPiece, err, ok, type Result } from '@ewon-agent/contracts';
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
 * is listed once, and each file is read once, or one piece of it.
 * Codes: CARD_NOT_FAT (a later revision), CARD_DAMAGED, CARD_BUDGET, CARD_UNREADABLE, CARD_GONE.
 */
export type Exfat = {
  /** The files of the known names, as they are spelled on the card. */
  list(): Promise<Result<readonly ExfatFile[]>>;
  /** Codes: CARD_TOO_LARGE as well, and then nothing was read. */
  read(file: ExfatFile, maxBytes: number): Promise<Result<Uint8Array>>;
  /** Reads a part of a file, as `SlotPort.piece` says. */
  piece(file: ExfatFile, part: Pick<CardPart, 'offset' | 'length'>): Promise<Result<CardPiece>>;
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

  /** The clusters of a file from one to before another, counted from its first. */
  const clustersOf = async (file: ExfatFile, from: number, to: number): Promise<Result<number[]>> => {
    const { name, firstCluster, contiguous } = file;
    const first = contiguous ? from : 0; // what is not chained needs no walk
    const clusters: number[] = [];
    let next: Result<number | undefined> = ok(firstCluster + first);
    for (let at = first; at < to; at++) {
      if (!next.ok) return next;
      if (next.value === undefined) return err('CARD_DAMAGED', `${name} is shorter than its size`);
      const cluster: number = next.value;
      const fresh = meet(cluster);
      if (!fresh.ok) return fresh;
      if (at >= from) clusters.push(cluster);
      if (at + 1 < to) next = contiguous ? ok(cluster + 1) : await following(cluster);
    }
    return ok(clusters);
  };

  const readPart = async (file: ExfatFile, offset: number, length: number): Promise<Result<Uint8Array>> => {
    const valid = Number(file.validBytes);
    if (file.validBytes > file.sizeBytes)
      return err('CARD_DAMAGED', `${file.name}: ${valid} bytes of ${file.sizeBytes} are valid`);
    const bytes = new Uint8Array(length);
    if (length === 0) return ok(bytes);
    const from = Math.floor(offset / clusterBytes(layout));
    const clusters = await clustersOf(file, from, Math.ceil((offset + length) / clusterBytes(layout)));
    if (!clusters.ok) return clusters;
    const end = Math.min(offset + length, valid);
    for (let at = offset - (offset % layout.sectorBytes); at < end; at += layout.sectorBytes) {
      const cluster = clusters.value[Math.floor(at / clusterBytes(layout)) - from] ?? 0;
      const within = Math.floor((at % clusterBytes(layout)) / layout.sectorBytes);
      const sector = await sectors.get(clusterSector(layout, cluster) + within);
      if (!sector.ok) return sector;
      const skip = Math.max(offset - at, 0);
      bytes.set(sector.value.subarray(skip, end - at), at + skip - offset);
    }
    return ok(bytes);
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
      const { name, sizeBytes } = file;
      if (sizeBytes > maxBytes) return err('CARD_TOO_LARGE', `${name} is ${sizeBytes} bytes, limit ${maxBytes}`);
      return readPart(file, 0, Number(sizeBytes));
    },

    async piece(file, { offset, length }) {
      const sizeBytes = Number(file.sizeBytes);
      const wanted = Math.max(Math.min(length, CARD_PIECE_MAX_BYTES, sizeBytes - offset), 0);
      const bytes = await readPart(file, offset, wanted);
      return bytes.ok ? ok({ sizeBytes, bytes: bytes.value }) : bytes;
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
