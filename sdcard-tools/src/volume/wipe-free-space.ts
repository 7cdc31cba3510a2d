import { err, ok, type Result } from '@ewon-agent/contracts';
import { type FatLayout, fatClusterSector, readFatLayout, tableEntry } from '../core/fat-layout.ts';
import { type BlockDevice, readingBack } from './block-device.ts';
import type { Progress } from './commit.ts';
import type { Volume } from './sectors.ts';
import { findWritable } from './write-card.ts';

/**
 * Overwrites with zeros every cluster of the first FAT partition that no file holds, whatever stood there once. What is zero already is
 * only read. Neither the ends of other files' clusters nor what lies outside of the volume is touched.
 * @param progress counts the bytes of the volume's clusters
 * Codes: CARD_NOT_FAT, CARD_EXFAT, CARD_DAMAGED, CARD_UNREADABLE, CARD_UNWRITABLE, CARD_GONE, TARGET_REFUSED (opened for reading).
 */
export async function wipeFreeSpace(device: BlockDevice, progress: Progress = () => {}): Promise<Result<void>> {
  const { write, flush } = device;
  if (!write || !flush) return err('TARGET_REFUSED', 'opened for reading only');
  const volume = await findWritable(device);
  if (!volume.ok) return volume;
  const boot = await device.read(volume.value.startBytes, volume.value.sectorBytes);
  const layout = boot.ok ? readFatLayout(boot.value) : boot;
  if (!layout.ok) return layout;
  const total = layout.value.clusters * clusterBytesOf(layout.value);
  for (let cluster = 2; cluster < layout.value.clusters + 2; ) {
    const part = await nextPart(volume.value, layout.value, cluster);
    if (!part.ok) return part;
    for (const { at, sizeBytes } of part.value.free) {
      const there = await device.read(at, sizeBytes);
      if (!there.ok) return there;
      const written = isZero(there.value) ? ok(undefined) : await write(at, new Uint8Array(sizeBytes));
      if (!written.ok) return written;
    }
    cluster = part.value.next;
    progress({ done: (cluster - 2) * clusterBytesOf(layout.value), total });
  }
  return flush();
}

/**
 * Reads the whole medium and looks for a registration key: `A01-` and 32 characters 0-9 A-Z.
 * @returns the byte where the first one begins, undefined when there is none. Codes: CARD_UNREADABLE, CARD_GONE
 */
export async function findKey(device: BlockDevice, progress: Progress = () => {}): Promise<Result<number | undefined>> {
  const medium = readingBack(device);
  let end = ''; // of the part before: a key may lie across
  for (let at = 0; at < device.sizeBytes; at += PART_BYTES) {
    const read = await medium.read(at, Math.min(PART_BYTES, device.sizeBytes - at));
    if (!read.ok) return read;
    const text = end + Buffer.from(read.value.buffer, read.value.byteOffset, read.value.length).toString('latin1');
    const found = KEY.exec(text);
    if (found) return ok(at - end.length + found.index);
    end = text.slice(-KEY_CHARACTERS + 1);
    progress({ done: Math.min(at + PART_BYTES, device.sizeBytes), total: device.sizeBytes });
  }
  return ok(undefined);
}

/** What is read and written at once. */
const PART_BYTES = 1024 * 1024;
const KEY = /A01-[0-9A-Z]{32}/;
const KEY_CHARACTERS = 36;

type Part = { readonly free: readonly { readonly at: number; readonly sizeBytes: number }[]; readonly next: number };

/** Reads as much of the table as tells of one part of the volume, and finds what is free there, neighbours together. */
async function nextPart(volume: Volume, layout: FatLayout, first: number): Promise<Result<Part>> {
  const { device, startBytes, sectorBytes } = volume;
  const sizeBytes = clusterBytesOf(layout);
  const next = Math.min(first + Math.max(Math.floor(PART_BYTES / sizeBytes), 1), layout.clusters + 2);
  const from = Math.floor((first * layout.bits) / 8 / sectorBytes);
  const to = Math.ceil((next * layout.bits) / 8 / sectorBytes);
  const table = await device.read(
    startBytes + (layout.tableSector + from) * sectorBytes,
    Math.min(to - from, layout.tableSectors - from) * sectorBytes,
  );
  if (!table.ok) return table;
  const byteAt = (at: number) => table.value[at - from * sectorBytes] ?? 0;
  const free: { at: number; sizeBytes: number }[] = [];
  for (let cluster = first; cluster < next; cluster++) {
    if (tableEntry(layout, cluster, byteAt) !== 0) continue;
    const at = startBytes + fatClusterSector(layout, cluster) * sectorBytes;
    if (at + sizeBytes > device.sizeBytes) return err('CARD_DAMAGED', `cluster ${cluster} lies beyond the end`);
    const last = free.at(-1);
    if (last && last.at + last.sizeBytes === at) last.sizeBytes += sizeBytes;
    else free.push({ at, sizeBytes });
  }
  return ok({ free, next });
}

function clusterBytesOf({ sectorBytes, sectorsPerCluster }: FatLayout): number {
  return sectorBytes * sectorsPerCluster;
}

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, ZEROS.subarray(0, bytes.length)) === 0;
}

const ZEROS = new Uint8Array(PART_BYTES);
