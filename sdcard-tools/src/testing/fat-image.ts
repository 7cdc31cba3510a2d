// Takes FAT images apart and breaks them, by its own reading of the specification (fatgen103) rather than by FatFs.

/** Where the parts of a FAT image without a partition table lie, in bytes. */
export type FatLayout = {
  readonly bits: 12 | 16 | 32;
  readonly tables: readonly number[];
  readonly tableBytes: number;
  readonly root: number;
  readonly data: number;
  readonly clusterBytes: number;
};

/** An entry of a directory: `name` is 11 characters, upper case, without the dot. */
export type RawEntry = {
  readonly name: string;
  readonly attributes?: number;
  readonly cluster?: number;
  readonly size?: number;
};

/** Reads where the parts of an image lie. */
export function layoutOf(image: Uint8Array): FatLayout {
  const view = viewOf(image);
  const sector = view.getUint16(11, true);
  const perCluster = view.getUint8(13);
  const reserved = view.getUint16(14, true);
  const count = view.getUint8(16);
  const rootEntries = view.getUint16(17, true);
  const total = view.getUint16(19, true) || view.getUint32(32, true);
  const perTable = view.getUint16(22, true) || view.getUint32(36, true);
  const root = reserved + count * perTable;
  const data = root + Math.ceil((rootEntries * 32) / sector);
  const clusters = Math.floor((total - data) / perCluster);
  return {
    bits: clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32,
    tables: Array.from({ length: count }, (_, i) => (reserved + i * perTable) * sector),
    tableBytes: perTable * sector,
    root: root * sector, // of FAT32 too, where it is cluster 2
    data: data * sector,
    clusterBytes: perCluster * sector,
  };
}

/** Sets the entry of a cluster in every table of a FAT16 or FAT32. */
export function setNext(image: Uint8Array, cluster: number, next: number): void {
  const { bits, tables } = layoutOf(image);
  const view = viewOf(image);
  for (const table of tables) {
    if (bits === 32) view.setUint32(table + cluster * 4, next, true);
    else if (bits === 16) view.setUint16(table + cluster * 2, next, true);
    else throw new Error('tables of FAT12 are not written here');
  }
}

/** Reads the entry of a cluster in the first table. */
export function nextOf(image: Uint8Array, cluster: number): number {
  const { bits, tables } = layoutOf(image);
  const [table = 0] = tables;
  const view = viewOf(image);
  if (bits === 32) return view.getUint32(table + cluster * 4, true);
  if (bits === 16) return view.getUint16(table + cluster * 2, true);
  // two entries share three bytes
  return (view.getUint16(table + Math.floor(cluster * 1.5), true) >> (cluster % 2 === 1 ? 4 : 0)) & 0xfff;
}

/** Where an entry of a directory stands, and where its file begins. */
export type FoundRaw = { readonly at: number; readonly cluster: number; readonly size: number };

/** Finds the entry of a file in the root by its 11 characters: its offset, first cluster and size. */
export function findRaw(image: Uint8Array, name: string): FoundRaw {
  const found = findRawIfThere(image, name);
  if (!found) throw new Error(`no ${name} in the root`);
  return found;
}

/** Like {@link findRaw}; of a FAT32, where the root is a chain of clusters, the first one is looked through. */
export function findRawIfThere(image: Uint8Array, name: string): FoundRaw | undefined {
  const { bits, root, data, clusterBytes } = layoutOf(image);
  const view = viewOf(image);
  const end = bits === 32 ? root + clusterBytes : data;
  for (let at = root; at < end && view.getUint8(at) !== 0; at += 32) {
    if (String.fromCharCode(...image.subarray(at, at + 11)) === name) {
      const cluster = view.getUint16(at + 26, true) + view.getUint16(at + 20, true) * 65536;
      return { at, cluster, size: view.getUint32(at + 28, true) };
    }
  }
  return undefined;
}

/** Writes an entry of a directory. */
export function putRaw(image: Uint8Array, at: number, entry: RawEntry): void {
  const view = viewOf(image);
  image.fill(0, at, at + 32);
  image.set(new TextEncoder().encode(entry.name), at);
  view.setUint8(at + 11, entry.attributes ?? 0x20);
  view.setUint16(at + 20, (entry.cluster ?? 0) >>> 16, true);
  view.setUint16(at + 26, (entry.cluster ?? 0) & 0xffff, true);
  view.setUint32(at + 28, entry.size ?? 0, true);
}

/** Where a cluster begins. */
export function clusterAt(image: Uint8Array, cluster: number): number {
  const { data, clusterBytes } = layoutOf(image);
  return data + (cluster - 2) * clusterBytes;
}

/** Puts an image into the first partition of a larger one, behind a table of partitions. */
export function inPartition(image: Uint8Array, startSector = 2048): Uint8Array {
  const medium = new Uint8Array(startSector * 512 + image.length);
  medium.set(image, startSector * 512);
  const view = viewOf(medium);
  view.setUint8(450, 0x0c);
  view.setUint32(454, startSector, true);
  view.setUint32(458, image.length / 512, true);
  view.setUint16(510, 0xaa55, true);
  return medium;
}

function viewOf(image: Uint8Array): DataView {
  return new DataView(image.buffer, image.byteOffset, image.byteLength);
}
