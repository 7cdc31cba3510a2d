import type { Medium } from './medium.ts';

// Takes exFAT images apart, makes small ones and breaks them, by its own reading of Microsoft's specification (revision 1.00) rather
// than by the reader that is tested. What it makes is judged by fsck.exfat in exfat-images.integration.test.ts.

/** Where the parts of an exFAT lie, in bytes. */
export type ExfatParts = {
  readonly sectorBytes: number;
  readonly clusterBytes: number;
  readonly clusters: number;
  readonly fat: number;
  readonly heap: number;
  readonly rootCluster: number;
};

/** The root directory as entries, each with its place on the medium. */
export type PlacedEntry = { readonly at: number; readonly bytes: Uint8Array };

/** What {@link formatExfat} is asked for. */
export type ExfatForm = { readonly sectorBytes?: number; readonly clusterBytes?: number };

export const END_OF_CHAIN = 0xffff_ffff;

/** Reads where the parts lie (§3.1). */
export function exfatPartsOf(medium: Medium): ExfatParts {
  const boot = viewOf(medium.read(0, 512));
  const sectorBytes = 2 ** boot.getUint8(108);
  return {
    sectorBytes,
    clusterBytes: sectorBytes * 2 ** boot.getUint8(109),
    clusters: boot.getUint32(92, true),
    fat: boot.getUint32(80, true) * sectorBytes,
    heap: boot.getUint32(88, true) * sectorBytes,
    rootCluster: boot.getUint32(96, true),
  };
}

/** Where a cluster begins. */
export function exfatClusterAt({ heap, clusterBytes }: ExfatParts, cluster: number): number {
  return heap + (cluster - 2) * clusterBytes;
}

/** Reads what follows a cluster. */
export function exfatNext(medium: Medium, cluster: number): number {
  return viewOf(medium.read(exfatPartsOf(medium).fat + cluster * 4, 4)).getUint32(0, true);
}

/** Sets what follows a cluster. */
export function setExfatNext(medium: Medium, cluster: number, next: number): void {
  medium.write(exfatPartsOf(medium).fat + cluster * 4, number32(next));
}

/** Directories are read so much at a time: clusters are up to 32 MiB. */
const PIECE_BYTES = 4096;

/** All entries of the root directory up to its end, and the one that ends it where there is room for it. */
export function rootEntries(medium: Medium): readonly PlacedEntry[] {
  const parts = exfatPartsOf(medium);
  const entries: PlacedEntry[] = [];
  for (let cluster = parts.rootCluster; cluster !== END_OF_CHAIN; cluster = exfatNext(medium, cluster)) {
    for (let i = 0; i < parts.clusterBytes; i += PIECE_BYTES) {
      const at = exfatClusterAt(parts, cluster) + i;
      const piece = medium.read(at, Math.min(PIECE_BYTES, parts.clusterBytes));
      for (let j = 0; j < piece.length; j += 32) {
        entries.push({ at: at + j, bytes: piece.subarray(j, j + 32) });
        if (piece[j] === 0) return entries;
      }
    }
  }
  return entries;
}

/** Makes an empty exFAT over a whole medium, of 1 MiB at the least. */
export function formatExfat(medium: Medium, { sectorBytes = 512, clusterBytes = 4096 }: ExfatForm = {}): void {
  const sectors = Math.floor(medium.sizeBytes / sectorBytes);
  const perCluster = clusterBytes / sectorBytes;
  const fatSectors = Math.ceil(((sectors / perCluster + 2) * 4) / sectorBytes);
  const heap = Math.ceil((24 + fatSectors) / perCluster) * perCluster;
  const clusters = Math.floor((sectors - heap) / perCluster);
  const bitmapBytes = Math.ceil(clusters / 8);
  const bitmapClusters = Math.ceil(bitmapBytes / clusterBytes);
  const upCaseCluster = 2 + bitmapClusters;
  const upCaseClusters = Math.ceil(UP_CASE.length / clusterBytes);
  const rootCluster = upCaseCluster + upCaseClusters;

  const boot = new Uint8Array(sectorBytes);
  const view = viewOf(boot);
  boot.set([0xeb, 0x76, 0x90, ...ascii('EXFAT   ')]);
  view.setBigUint64(72, BigInt(sectors), true);
  for (const [at, value] of [24, fatSectors, heap, clusters, rootCluster, 0x1234_5678].entries()) {
    view.setUint32(80 + 4 * at, value, true);
  }
  boot.set([0, 1, 0, 0, Math.log2(sectorBytes), Math.log2(perCluster), 1, 0x80], 104);
  view.setUint16(510, 0xaa55, true);
  medium.write(0, boot);
  for (let i = 1; i <= 8; i++) medium.write((i + 1) * sectorBytes - 4, number32(0xaa55_0000));
  sealBoot(medium);
  medium.write(12 * sectorBytes, medium.read(0, 12 * sectorBytes));

  medium.write(24 * sectorBytes, Uint8Array.of(...number32(0xffff_fff8), ...number32(END_OF_CHAIN)));
  for (const [first, count] of [
    [2, bitmapClusters],
    [upCaseCluster, upCaseClusters],
    [rootCluster, 1],
  ] as const) {
    for (let i = 0; i < count; i++) setExfatNext(medium, first + i, i === count - 1 ? END_OF_CHAIN : first + i + 1);
  }
  const parts = exfatPartsOf(medium);
  medium.write(exfatClusterAt(parts, upCaseCluster), UP_CASE);
  const root = new Uint8Array(96);
  root.set(allocated(0x81, 2, bitmapBytes));
  root.set(allocated(0x82, upCaseCluster, UP_CASE.length), 32);
  root.set(number32(sum(UP_CASE, 32, [])), 36);
  root.set([0x83], 64);
  medium.write(exfatClusterAt(parts, rootCluster), root);
  for (let cluster = 2; cluster <= rootCluster; cluster++) takeCluster(medium, cluster);
}

/** Marks a cluster as used in the allocation bitmap (§7.1.5). */
export function takeCluster(medium: Medium, cluster: number): void {
  const at = bitmapOf(medium) + Math.floor((cluster - 2) / 8);
  const [byte = 0] = medium.read(at, 1);
  medium.write(at, Uint8Array.of(byte | (1 << ((cluster - 2) % 8))));
}

/** Finds clusters that are free (§7.1.5), from the first one of the heap on. */
export function* freeClusters(medium: Medium): Generator<number> {
  const bitmap = bitmapOf(medium);
  const { clusters } = exfatPartsOf(medium);
  for (let from = 0; from < clusters; from += 8 * 512) {
    const bits = medium.read(bitmap + from / 8, 512);
    for (let i = 0; i < 8 * 512 && from + i < clusters; i++) {
      if (((bits[i >> 3] ?? 0) & (1 << (i % 8))) === 0) yield from + i + 2;
    }
  }
}

/** Makes the checksum of the main boot region fit what is there (§3.4). */
export function sealBoot(medium: Medium): void {
  const { sectorBytes } = exfatPartsOf(medium);
  const checksum = number32(sum(medium.read(0, 11 * sectorBytes), 32, [106, 107, 112]));
  for (let at = 0; at < sectorBytes; at += 4) medium.write(11 * sectorBytes + at, checksum);
}

/** The rotating sum of exFAT, over 16 or 32 bits (§3.4, §6.3.3, §7.2.2, §7.6.4). */
export function sum(bytes: Uint8Array, bits: 16 | 32, leftOut: readonly number[]): number {
  const top = 2 ** (bits - 1);
  return bytes.reduce(
    (result, byte, at) =>
      leftOut.includes(at) ? result : ((result % 2) * top + Math.floor(result / 2) + byte) % (2 * top),
    0,
  );
}

/** A number as it stands on the medium. */
export function number32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

/** A view for numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The smallest up-case table there may be (§7.2.5): ASCII, and everything else stays as it is, in the compressed form. */
const UP_CASE = new Uint8Array(
  Uint16Array.of(0xffff, 0x61, ...ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZ'), 0xffff, 0x10000 - 0x7b).buffer,
);

function bitmapOf(medium: Medium): number {
  const entry = rootEntries(medium).find(({ bytes }) => bytes[0] === 0x81);
  if (!entry) throw new Error('no allocation bitmap');
  return exfatClusterAt(exfatPartsOf(medium), viewOf(entry.bytes).getUint32(20, true));
}

function allocated(type: number, cluster: number, length: number): Uint8Array {
  const entry = new Uint8Array(32);
  entry[0] = type;
  entry.set(number32(cluster), 20);
  entry.set(number32(length), 24);
  return entry;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
