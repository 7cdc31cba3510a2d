import { err, ok, type Result } from '@ewon-agent/contracts';
import { crc32 } from './crc32.ts';
import { u32, u64 } from './little-endian.ts';

// The partition table of newer systems (GPT): one header behind the first sector, a second one in the last sector of the medium.
// Source: UEFI Specification 2.10, §5.3.

/** A header that is whole. Sectors are those of {@link TABLE_SECTOR_BYTES}, counted from the start of the medium. */
export type GptHeader = {
  readonly entriesSector: number;
  readonly entries: number;
  readonly entryBytes: number;
  readonly entriesCrc: number;
  readonly firstUsable: number;
  readonly lastUsable: number;
};

/** A header at this sector, and the number of the last sector of the medium. */
export type GptPlace = { readonly sector: number; readonly last: number };

/** Where the first header is (UEFI §5.3.1). */
export const GPT_SECTOR = 1;
/** Everybody makes 128 entries of 128 bytes, which is 16 KiB; four times that is still read. */
export const GPT_ENTRIES_MAX_BYTES = 64 * 1024;

/**
 * Reads a header and checks what it says of itself and of the medium (UEFI §5.3.2).
 * @param header one sector, read from `at.sector`. Codes: CARD_DAMAGED
 */
export function readGptHeader(header: Uint8Array, at: GptPlace): Result<GptHeader> {
  const headerBytes = u32(header, 12);
  const found = {
    entriesSector: Number(u64(header, 72)),
    entries: u32(header, 80),
    entryBytes: u32(header, 84),
    entriesCrc: u32(header, 88),
    firstUsable: Number(u64(header, 40)),
    lastUsable: Number(u64(header, 48)),
  };
  const tableBytes = found.entries * found.entryBytes;
  const tableLast = found.entriesSector + Math.ceil(tableBytes / TABLE_SECTOR_BYTES) - 1;
  const lies: readonly (readonly [lie: boolean, what: string])[] = [
    [SIGNATURE.some((byte, i) => header[i] !== byte), 'no header'],
    [u32(header, 8) !== 0x0001_0000, 'another revision than 1.0'],
    [headerBytes < 92 || headerBytes > TABLE_SECTOR_BYTES, `a header of ${headerBytes} bytes`],
    [headerCrc(header, headerBytes) !== u32(header, 16), 'the checksum of the header'],
    [Number(u64(header, 24)) !== at.sector, 'a header of another sector'],
    [!isEntrySize(found.entryBytes), `entries of ${found.entryBytes} bytes`],
    [tableBytes === 0 || tableBytes > GPT_ENTRIES_MAX_BYTES, `a table of ${tableBytes} bytes`],
    [found.firstUsable > found.lastUsable || found.lastUsable > at.last, 'partitions beyond the end of the medium'],
    [found.entriesSector <= GPT_SECTOR || tableLast > at.last, 'a table beyond the end of the medium'],
    [tableLast >= found.firstUsable && found.entriesSector <= found.lastUsable, 'a table among the partitions'],
  ];
  const lie = lies.find(([isLie]) => isLie);
  return lie ? err('CARD_DAMAGED', `GPT at sector ${at.sector}: ${lie[1]}`) : ok(found);
}

/**
 * Finds the first partition that a person may have put files on, in the order of the table (UEFI §5.3.3): partitions which systems
 * make for themselves in front of it, and show to nobody, are passed over.
 * @param table the entries, as long as the header says. Codes: CARD_DAMAGED, CARD_NOT_FAT (there is none)
 */
export function firstGptPartition(
  header: GptHeader,
  table: Uint8Array,
): Result<{ readonly startBytes: number; readonly sizeBytes: number }> {
  const used = table.subarray(0, header.entries * header.entryBytes);
  if (crc32(used) !== header.entriesCrc) return err('CARD_DAMAGED', 'GPT: the checksum of the table');
  for (let at = 0; at < used.length; at += header.entryBytes) {
    if (PASSED_OVER.includes(hex(used.subarray(at, at + 16)))) continue;
    const [first, last] = [Number(u64(used, at + 32)), Number(u64(used, at + 40))];
    if (first < header.firstUsable || last > header.lastUsable || first > last) {
      return err('CARD_DAMAGED', `GPT: a partition from sector ${first} to ${last}`);
    }
    return ok({ startBytes: first * TABLE_SECTOR_BYTES, sizeBytes: (last - first + 1) * TABLE_SECTOR_BYTES });
  }
  return err('CARD_NOT_FAT', 'an empty GPT partition table');
}

/** Sectors of partition tables are 512 bytes on every SD card and USB stick. */
export const TABLE_SECTOR_BYTES = 512;

const SIGNATURE = new TextEncoder().encode('EFI PART');

/** Types of partitions, as bytes on the medium. */
const PASSED_OVER = [
  '00000000000000000000000000000000', // not used
  '28732ac11ff8d211ba4b00a0c93ec93b', // EFI system partition: macOS puts one in front when it erases a stick "with GUID"
  '16e3c9e35c0bb84d817df92df00215ae', // reserved by Microsoft: Windows does the same
];

/** 128 times a power of two (UEFI §5.3.2, SizeOfPartitionEntry). */
function isEntrySize(bytes: number): boolean {
  return bytes >= 128 && bytes <= GPT_ENTRIES_MAX_BYTES && (bytes & (bytes - 1)) === 0;
}

function headerCrc(header: Uint8Array, headerBytes: number): number {
  const copy = header.slice(0, Math.min(headerBytes, TABLE_SECTOR_BYTES));
  copy.fill(0, 16, 20);
  return crc32(copy);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
