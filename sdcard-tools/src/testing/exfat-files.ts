import {
  END_OF_CHAIN,
  exfatClusterAt,
  exfatNext,
  exfatPartsOf,
  freeClusters,
  number32,
  rootEntries,
  setExfatNext,
  sum,
  takeCluster,
  viewOf,
} from './exfat-image.ts';
import type { Medium } from './medium.ts';

// Puts files into the root of an exFAT without mounting it, the one thing that no program of Debian does.

/** How the clusters of a file lie: in a row without a table, in a row with one, or each apart from the next, last one first. */
export type Lying = 'contiguous' | 'chained' | 'fragmented';

/** A file to be put into the root. What is not told is what a sound file has. */
export type ExfatPut = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly lying?: Lying;
  readonly attributes?: number;
  readonly validBytes?: number;
  /** Clusters below this one are not taken, so that a file can lie at the end of a large medium. */
  readonly fromCluster?: number;
  /** Benign entries of a manufacturer behind the names (§7.8). */
  readonly vendorEntries?: number;
};

/** Puts a file into the root, whose clusters it answers. The medium must have room. */
export function putExfat(medium: Medium, put: ExfatPut): readonly number[] {
  const { bytes, lying = 'contiguous', fromCluster = 2 } = put;
  const parts = exfatPartsOf(medium);
  const clusters = findFree(medium, { count: Math.ceil(bytes.length / parts.clusterBytes), lying, fromCluster });
  for (const [i, cluster] of clusters.entries()) {
    const piece = bytes.subarray(i * parts.clusterBytes, (i + 1) * parts.clusterBytes);
    medium.write(exfatClusterAt(parts, cluster), piece);
    takeCluster(medium, cluster);
    if (lying !== 'contiguous') setExfatNext(medium, cluster, clusters[i + 1] ?? END_OF_CHAIN);
  }
  appendEntries(medium, setOf(medium, put, clusters));
  return clusters;
}

/** Where the File entry of a file in the root is. */
export function findExfat(medium: Medium, name: string): number {
  const entries = rootEntries(medium);
  for (const [i, { at, bytes }] of entries.entries()) {
    if (bytes[0] !== 0x85) continue;
    const set = entries.slice(i, i + 1 + (bytes[1] ?? 0));
    const units = set
      .slice(2)
      .flatMap((entry) => Array.from({ length: 15 }, (_, u) => viewOf(entry.bytes).getUint16(2 + 2 * u, true)));
    if (String.fromCharCode(...units.slice(0, set[1]?.bytes[3])) === name) return at;
  }
  throw new Error(`no ${name} in the root`);
}

/** Changes bytes of a set that lies in one piece, and makes its checksum fit again. Offsets count from its File entry. */
export function changeSet(medium: Medium, at: number, changes: Readonly<Record<number, Uint8Array | number>>): void {
  for (const [offset, value] of Object.entries(changes)) {
    medium.write(at + Number(offset), typeof value === 'number' ? Uint8Array.of(value) : value);
  }
  const set = medium.read(at, 32 * ((medium.read(at + 1, 1)[0] ?? 0) + 1));
  medium.write(at + 2, number32(sum(set, 16, [2, 3])).subarray(0, 2));
}

/** Puts entries behind the last one of the root, which grows by a cluster where it must. */
export function appendEntries(medium: Medium, added: Uint8Array): void {
  for (let i = 0; i < added.length; i += 32) {
    const last = rootEntries(medium).at(-1);
    const at = last?.bytes[0] === 0 ? last.at : growRoot(medium);
    medium.write(at, added.subarray(i, i + 32));
  }
}

/** A number of 64 bits as it stands on the medium. */
export function number64(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, BigInt(value), true);
  return bytes;
}

function setOf(medium: Medium, put: ExfatPut, clusters: readonly number[]): Uint8Array {
  const { name, bytes, attributes = 0x20, validBytes = bytes.length, lying = 'contiguous', vendorEntries = 0 } = put;
  const units = Uint16Array.from({ length: name.length }, (_, i) => name.charCodeAt(i));
  const names = Math.ceil(units.length / 15);
  const set = new Uint8Array(32 * (2 + names + vendorEntries));
  set.set([0x85, 1 + names + vendorEntries, 0, 0, attributes]);
  for (const at of [8, 12, 16]) set.set(number32(((2026 - 1980) << 25) | (1 << 21) | (1 << 16)), at);
  set.set([0xc0, clusters.length > 0 && lying === 'contiguous' ? 3 : 1, 0, units.length], 32);
  set.set(number32(sum(new Uint8Array(upCased(medium, units).buffer), 16, [])).subarray(0, 2), 36);
  set.set(number64(validBytes), 40);
  set.set(number32(clusters[0] ?? 0), 52);
  set.set(number64(bytes.length), 56);
  for (let i = 0; i < names; i++) {
    const at = 64 + 32 * i;
    set.set([0xc1, 0], at);
    set.set(new Uint8Array(units.slice(15 * i, 15 * (i + 1)).buffer), at + 2);
  }
  for (let i = 0; i < vendorEntries; i++) set[64 + 32 * (names + i)] = 0xe0;
  set.set(number32(sum(set, 16, [2, 3])).subarray(0, 2), 2);
  return set;
}

/** By the up-case table of the image itself (§7.2.5). */
function upCased(medium: Medium, units: Uint16Array): Uint16Array {
  const entry = rootEntries(medium).find(({ bytes }) => bytes[0] === 0x82);
  if (!entry) throw new Error('no up-case table');
  const view = viewOf(entry.bytes);
  const start = exfatClusterAt(exfatPartsOf(medium), view.getUint32(20, true));
  const stored = new Uint16Array(medium.read(start, view.getUint32(24, true)).slice().buffer);
  const table = new Map<number, number>();
  let unit = 0;
  for (let i = 0; i < stored.length; i++) {
    if (stored[i] === 0xffff && i + 1 < stored.length) unit += stored[++i] ?? 0;
    else table.set(unit++, stored[i] ?? 0);
  }
  return units.map((u) => table.get(u) ?? u);
}

type Wanted = { readonly count: number; readonly lying: Lying; readonly fromCluster: number };

function findFree(medium: Medium, { count, lying, fromCluster }: Wanted): readonly number[] {
  if (count === 0) return [];
  const found: number[] = [];
  for (const cluster of freeClusters(medium)) {
    if (cluster < fromCluster) continue;
    const last = found.at(-1);
    if (last !== undefined && lying === 'fragmented' && cluster - last < 2) continue;
    if (last !== undefined && lying !== 'fragmented' && cluster - last > 1) found.length = 0;
    found.push(cluster);
    if (found.length === count) return lying === 'fragmented' ? found.reverse() : found;
  }
  throw new Error(`no ${count} clusters are free`);
}

function growRoot(medium: Medium): number {
  const parts = exfatPartsOf(medium);
  const [cluster = 0] = findFree(medium, { count: 1, lying: 'chained', fromCluster: 2 });
  let last = parts.rootCluster;
  while (exfatNext(medium, last) !== END_OF_CHAIN) last = exfatNext(medium, last);
  setExfatNext(medium, last, cluster);
  setExfatNext(medium, cluster, END_OF_CHAIN);
  takeCluster(medium, cluster);
  medium.write(exfatClusterAt(parts, cluster), new Uint8Array(parts.clusterBytes));
  return exfatClusterAt(parts, cluster);
}
