import { err, ok, type Result } from '@ewon-agent/contracts';
import {
  clustersTold,
  ENTRY_BYTES,
  type FatLayout,
  fatClusterSector,
  readFatLayout,
  tableEntry,
} from '../core/fat-layout.ts';
import { type BlockDevice, readingBack } from './block-device.ts';
import { commit } from './commit.ts';
import type { Fat } from './fat.ts';
import { onFat } from './on-fat.ts';
import type { ReadBudget, Sectors, Volume } from './sectors.ts';
import { findWritable } from './write-card.ts';

// A wipe is planned in memory first: FatFs removes the files there, and the clusters that its table then calls free are exactly those
// that the files held, with what stood behind their ends. They are overwritten on the medium before the entries go away, so that a card
// that is pulled in between shows empty files rather than none and a key in free space.

/** What planning may read: a root directory of 16,000 entries and the tables of what is wiped at the most. */
const WIPE_BUDGET: ReadBudget = { bytes: 4 * 1024 * 1024, sectors: 100_000 };

/** No file of a card is nearly as large; a chain that leads through the whole medium is not followed for minutes. */
export const WIPE_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Wipes files in the root of the first FAT partition, by their names in any case: overwrites all their clusters with zeros where they
 * stand, flushes, removes the files with what their entries say of them, and reads it all back. A file that is not there is fine.
 * A card's own flash controller may still keep a copy that only it can reach.
 * Codes: CARD_NOT_FAT, CARD_EXFAT, CARD_DAMAGED, CARD_NOT_A_FILE, CARD_TOO_LARGE (more than {@link WIPE_MAX_BYTES}; nothing was
 * written), CARD_BUDGET, CARD_UNWRITABLE, CARD_UNREADABLE, CARD_GONE, TARGET_REFUSED (opened for
 * reading, or a file has the read-only attribute). Time is the caller's to watch.
 */
export async function wipeFiles(device: BlockDevice, names: readonly string[]): Promise<Result<void>> {
  const volume = await findWritable(device);
  if (!volume.ok) return volume;
  const planned = await onFat(volume.value, WIPE_BUDGET, (fat) => removeAll(fat, names));
  if (!planned.ok) return planned;
  const { sectors } = planned.value;
  const layout = readFatLayout(sectors.before(0) ?? new Uint8Array());
  if (!layout.ok) return layout;
  const runs = runsOf(layout.value, freedClusters(layout.value, sectors), sectors.count);
  if (!runs.ok) return runs;
  const zeroed = await overwrite(volume.value, runs.value);
  if (!zeroed.ok) return zeroed;
  const removed = await commit(device, volume.value, withoutTraces(layout.value, sectors));
  if (!removed.ok) return removed;
  const medium = { ...volume.value, device: readingBack(device) };
  const blank = await assertBlank(medium, runs.value);
  if (!blank.ok) return blank;
  const left = await onFat(medium, WIPE_BUDGET, (fat) => find(fat, names));
  if (!left.ok) return left;
  const [still] = left.value.value;
  return still ? err('CARD_UNWRITABLE', `${still.name} is still there`) : ok(undefined);
}

/** Neighbouring sectors of a volume. */
type Run = { readonly first: number; readonly count: number };

function find(fat: Fat, names: readonly string[]) {
  const mounted = fat.mount();
  if (!mounted.ok) return mounted;
  return fat.list(names);
}

function removeAll(fat: Fat, names: readonly string[]): Result<void> {
  const found = find(fat, names);
  if (!found.ok) return found;
  const directory = found.value.find((e) => e.directory);
  if (directory) return err('CARD_NOT_A_FILE', directory.name);
  const readOnly = found.value.find((e) => e.readOnly);
  if (readOnly) return err('TARGET_REFUSED', `${readOnly.name} has the read-only attribute`);
  for (const { name } of found.value) {
    const removed = fat.remove(name);
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

/** The clusters that the run set free: in use by the table on the medium, and not by the one that was written. */
function freedClusters(layout: FatLayout, sectors: Sectors): readonly number[] {
  const { tableSector, tableSectors, sectorBytes } = layout;
  const byteOf = (sectorAt: (sector: number) => Uint8Array | undefined) => (at: number) =>
    sectorAt(tableSector + Math.floor(at / sectorBytes))?.[at % sectorBytes] ?? 0;
  const before = byteOf(sectors.before);
  const after = byteOf((sector) => sectors.written().get(sector) ?? sectors.before(sector));
  const freed = new Set<number>();
  for (const sector of sectors.written().keys()) {
    const ofTable = sector - tableSector;
    if (ofTable < 0 || ofTable >= tableSectors) continue;
    const { first, last } = clustersTold(layout, ofTable);
    // the one before may end in this sector (FAT12)
    for (let cluster = Math.max(first - 1, 2); cluster <= last; cluster++) {
      if (tableEntry(layout, cluster, before) !== 0 && tableEntry(layout, cluster, after) === 0) freed.add(cluster);
    }
  }
  return [...freed].sort((a, b) => a - b);
}

function runsOf(layout: FatLayout, clusters: readonly number[], count: number): Result<readonly Run[]> {
  const { sectorsPerCluster, sectorBytes } = layout;
  const sizeBytes = clusters.length * sectorsPerCluster * sectorBytes;
  if (sizeBytes > WIPE_MAX_BYTES) return err('CARD_TOO_LARGE', `${sizeBytes} bytes to wipe, limit ${WIPE_MAX_BYTES}`);
  const runs: Run[] = [];
  for (const cluster of clusters) {
    const first = fatClusterSector(layout, cluster);
    if (cluster === layout.rootCluster) return err('CARD_DAMAGED', 'a file holds the root directory');
    if (first + sectorsPerCluster > count) return err('CARD_DAMAGED', `cluster ${cluster} lies beyond the end`);
    const last = runs.at(-1);
    if (last && last.first + last.count === first && last.count * sectorBytes < RUN_MAX_BYTES) {
      runs[runs.length - 1] = { first: last.first, count: last.count + sectorsPerCluster };
    } else runs.push({ first, count: sectorsPerCluster });
  }
  return ok(runs);
}

/** What is written and read back at once. */
const RUN_MAX_BYTES = 256 * 1024;

async function overwrite({ device, startBytes, sectorBytes }: Volume, runs: readonly Run[]): Promise<Result<void>> {
  if (!device.write || !device.flush) return err('TARGET_REFUSED', 'opened for reading only');
  for (const { first, count } of runs) {
    const written = await device.write(startBytes + first * sectorBytes, new Uint8Array(count * sectorBytes));
    if (!written.ok) return written;
  }
  return device.flush();
}

async function assertBlank({ device, startBytes, sectorBytes }: Volume, runs: readonly Run[]): Promise<Result<void>> {
  for (const { first, count } of runs) {
    const at = startBytes + first * sectorBytes;
    const read = await device.read(at, count * sectorBytes);
    if (!read.ok) return read;
    if (read.value.some((byte) => byte !== 0)) return err('CARD_UNWRITABLE', `not zero after byte ${at}`);
  }
  return ok(undefined);
}

/** Behind the tables FatFs wrote directories only: of an entry that it marked as removed, nothing but the mark is kept. */
function withoutTraces({ tableSector, tableSectors, tables }: FatLayout, sectors: Sectors) {
  const cleared = new Map(sectors.written());
  for (const [sector, bytes] of cleared) {
    const former = sectors.before(sector);
    const isDirectory = sector >= tableSector + tableSectors * tables;
    if (!former || !isDirectory) continue;
    const copy = Uint8Array.from(bytes);
    for (let at = 0; at < copy.length; at += ENTRY_BYTES) {
      if (copy[at] === REMOVED && former[at] !== REMOVED) copy.fill(0, at + 1, at + ENTRY_BYTES);
    }
    cleared.set(sector, copy);
  }
  return cleared;
}

/** The first byte of an entry of a directory that is there no more (fatgen103 p. 24). */
const REMOVED = 0xe5;
