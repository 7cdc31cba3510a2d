import { crc32 } from 'node:zlib';

// Makes partition tables of the GPT form in memory, by its own reading of the UEFI specification (2.10, §5.2.3 and §5.3).

/** Basic data, as Windows and macOS call what people put files on. */
export const BASIC_DATA = 'ebd0a0a2b9e5443387c068b6b72699c7';
/** The partition that macOS puts in front. */
export const EFI_SYSTEM = 'c12a7328f81f11d2ba4b00a0c93ec93b';

/** A partition: its type as people write it, without dashes. */
export type GptPart = { readonly first: number; readonly last: number; readonly type?: string };

const ENTRIES_BYTES = 128 * 128;

/** Writes both tables of partitions onto a medium, and the sector in front that guards them. */
export function putGpt(medium: Uint8Array, parts: readonly GptPart[]): void {
  const last = medium.length / 512 - 1;
  const mbr = viewOf(medium);
  medium[450] = 0xee;
  mbr.setUint32(454, 1, true);
  mbr.setUint32(458, last, true);
  mbr.setUint16(510, 0xaa55, true);
  const entries = new Uint8Array(ENTRIES_BYTES);
  for (const [i, { first, last: end, type = BASIC_DATA }] of parts.entries()) {
    entries.set(guid(type), i * 128);
    entries.set([i + 1], i * 128 + 16);
    viewOf(entries).setBigUint64(i * 128 + 32, BigInt(first), true);
    viewOf(entries).setBigUint64(i * 128 + 40, BigInt(end), true);
  }
  medium.set(entries, 2 * 512);
  medium.set(entries, (last - 32) * 512);
  for (const [at, other, table] of [
    [1, last, 2],
    [last, 1, last - 32],
  ] as const) {
    const header = new Uint8Array(512);
    const view = viewOf(header);
    header.set(new TextEncoder().encode('EFI PART'));
    for (const [offset, value] of [
      [8, 0x10000],
      [12, 92],
      [80, 128],
      [84, 128],
      [88, crc32(entries)],
    ] as const) {
      view.setUint32(offset, value, true);
    }
    for (const [offset, value] of [
      [24, at],
      [32, other],
      [40, 34],
      [48, last - 33],
      [72, table],
    ] as const) {
      view.setBigUint64(offset, BigInt(value), true);
    }
    medium.set(header, at * 512);
    sealGptHeader(medium, at);
  }
}

/** Makes the checksum of the header in a sector fit what is there. */
export function sealGptHeader(medium: Uint8Array, sector: number): void {
  const header = medium.subarray(sector * 512, sector * 512 + 512);
  const length = viewOf(header).getUint32(12, true);
  header.fill(0, 16, 20);
  viewOf(header).setUint32(16, crc32(header.subarray(0, length)), true);
}

/** Puts an image into the first partition of a larger medium, behind a GPT. */
export function inGpt(image: Uint8Array, startSector = 2048): Uint8Array {
  const medium = new Uint8Array(startSector * 512 + image.length + 33 * 512);
  medium.set(image, startSector * 512);
  putGpt(medium, [{ first: startSector, last: startSector + image.length / 512 - 1 }]);
  return medium;
}

/** The first three parts of a GUID are numbers, so their bytes are turned round (UEFI appendix A). */
function guid(hex: string): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  return Uint8Array.of(...[3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => bytes[i] ?? 0));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
