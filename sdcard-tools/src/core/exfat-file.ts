import { err, ok, type Result } from '@ewon-agent/contracts';
import { nameHash, setChecksum } from './exfat-checksums.ts';
import { u16, u32, u64 } from './little-endian.ts';

// The set of directory entries that is a file: File, Stream Extension, and up to 17 File Names.
// Source: Microsoft's exFAT specification, revision 1.00 (2019), §7.4, §7.6, §7.7.

/** A file or directory, as its entries tell. */
export type ExfatFile = {
  readonly name: string;
  readonly directory: boolean;
  /** 0 where nothing is allocated. */
  readonly firstCluster: number;
  readonly sizeBytes: bigint;
  /** As far as something was ever written; zeros follow (exFAT §7.6.5). */
  readonly validBytes: bigint;
  /** All clusters follow each other, and the table says nothing of them (NoFatChain, exFAT §6.3.4.2). */
  readonly contiguous: boolean;
};

/** Tells whether an entry begins the set of a file (exFAT §7.4.1). */
export function isFileSet(entry: Uint8Array): boolean {
  return entry[0] === FILE;
}

/**
 * Reads a whole set.
 * Names are compared and hashed by the mandatory part of the up-case table, which is ASCII: exFAT §7.2.5 lets readers that need no
 * other names ignore the rest of that table. So a hash is checked for names in ASCII, and ours are.
 * @param set the File entry and as many others as it says. Codes: CARD_DAMAGED
 */
export function readFileSet(set: Uint8Array): Result<ExfatFile> {
  if (setChecksum(set) !== u16(set, 2)) return damaged('the checksum of a directory entry');
  if (set[32] !== STREAM) return damaged('a directory entry without its stream');
  const nameLength = set[32 + 3] ?? 0;
  const names = Math.ceil(nameLength / UNITS_PER_NAME);
  for (let at = 64; at < set.length; at += 32) {
    const type = set[at] ?? 0;
    // behind the names may follow entries of manufacturers, which are benign (§6.4.1.2.2)
    if (at < 64 + names * 32 ? type !== NAME : type < BENIGN) return damaged('a name of another length than it says');
  }
  if (nameLength === 0 || set.length < 64 + names * 32) return damaged('a name of another length than it says');
  const name = nameIn(set, nameLength);
  if (isAscii(name) && nameHash(upCased(name)) !== u16(set, 32 + 4)) return damaged('the hash of a name');
  const flags = set[32 + 1] ?? 0;
  return ok({
    name,
    directory: (u16(set, 4) & DIRECTORY) !== 0,
    firstCluster: u32(set, 32 + 20),
    sizeBytes: u64(set, 32 + 24),
    validBytes: u64(set, 32 + 8),
    contiguous: (flags & NO_FAT_CHAIN) !== 0,
  });
}

const FILE = 0x85;
const STREAM = 0xc0;
const NAME = 0xc1;
const BENIGN = 0xe0;
const DIRECTORY = 0x10;
const NO_FAT_CHAIN = 0x02;
const UNITS_PER_NAME = 15;

function nameIn(set: Uint8Array, units: number): string {
  const unitAt = (i: number) => u16(set, 64 + 32 * Math.floor(i / UNITS_PER_NAME) + 2 + 2 * (i % UNITS_PER_NAME));
  return String.fromCharCode(...Array.from({ length: units }, (_, i) => unitAt(i)));
}

function isAscii(name: string): boolean {
  return /^[ -~]*$/.test(name);
}

function upCased(ascii: string): Uint8Array {
  const units = Uint16Array.from(ascii.toUpperCase(), (c) => c.charCodeAt(0));
  return Uint8Array.from({ length: units.length * 2 }, (_, i) => (units[i >> 1] ?? 0) >> (8 * (i % 2)));
}

function damaged(what: string): Result<never> {
  return err('CARD_DAMAGED', what);
}
