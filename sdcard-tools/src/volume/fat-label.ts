// The volume label, which FatFs was built without: in the boot sector and as an entry of the root directory, and both must agree.

/**
 * Adds a label to a file system that was just made.
 * @param sectors what formatting wrote, 512 bytes each, by number
 * @returns the sectors with the label, in the same order
 */
export function withLabel(sectors: ReadonlyMap<number, Uint8Array>, label: string): ReadonlyMap<number, Uint8Array> {
  const boot = sectors.get(0);
  if (!boot) throw new Error('this is a bug: no boot sector was written');
  const view = new DataView(boot.buffer, boot.byteOffset, boot.byteLength);
  const reserved = view.getUint16(14, true);
  const tables = view.getUint8(16);
  const isFat32 = view.getUint16(22, true) === 0;
  const tableSectors = isFat32 ? view.getUint32(36, true) : view.getUint16(22, true);
  const rootSector = reserved + tables * tableSectors; // FAT32 too: FatFs puts the root at cluster 2, the first one
  const labelAt = isFat32 ? 71 : 43;
  const name = new TextEncoder().encode(label.padEnd(11, ' '));

  const labelled = new Map(sectors);
  for (const sector of isFat32 ? [0, view.getUint16(50, true)] : [0]) {
    labelled.set(sector, patched(labelled.get(sector), labelAt, name));
  }
  labelled.set(rootSector, patched(labelled.get(rootSector), 0, Uint8Array.of(...name, ATTRIBUTE_VOLUME_LABEL)));
  return labelled;
}

const ATTRIBUTE_VOLUME_LABEL = 0x08;

function patched(sector: Uint8Array | undefined, at: number, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(sector ?? new Uint8Array(512));
  copy.set(bytes, at);
  return copy;
}
