import { err, ok, type Result } from '@ewon-agent/contracts';
import { cardNameOf } from './easy-commissioning.ts';
import { type ExfatFile, isFileSet, readFileSet } from './exfat-file.ts';

// The root directory, sector by sector: entries of 32 bytes, some of which belong together as a set.
// Source: Microsoft's exFAT specification, revision 1.00 (2019), §6.

/** How far a directory has been read. Holds the files of the known names only, and the entries of a set that is not whole yet. */
export type DirectoryScan = {
  readonly files: readonly ExfatFile[];
  readonly begun: readonly Uint8Array[];
  readonly ended: boolean;
};

/** A directory of which nothing has been read yet. */
export const UNREAD_DIRECTORY: DirectoryScan = { files: [], begun: [], ended: false };

const ENTRY_BYTES = 32;

/**
 * Takes the next bytes of a directory.
 * A set of a file that contradicts itself may be any file, so it is refused, whatever name it has. Secondary entries that follow no
 * primary one are passed over: that is what a card leaves that was pulled while a file was deleted.
 * @param bytes whole entries. Codes: CARD_DAMAGED
 */
export function scanDirectory(scan: DirectoryScan, bytes: Uint8Array): Result<DirectoryScan> {
  let { begun, ended } = scan;
  const files = [...scan.files];
  for (let at = 0; at < bytes.length && !ended; at += ENTRY_BYTES) {
    const entry = bytes.subarray(at, at + ENTRY_BYTES);
    const type = entry[0] ?? 0;
    if (begun.length > 0 && type < 0xc0) return err('CARD_DAMAGED', 'a set of directory entries ends early');
    if (begun.length > 0 || isFileSet(entry)) begun = [...begun, entry];
    else if (isForbidden(type)) return err('CARD_DAMAGED', `a directory entry of type ${type.toString(16)}h`);
    ended = type === 0; // §6.2.1: and nothing after it
    if (begun.length === 0 || begun.length < secondaryCount(begun) + 1) continue;
    const file = readFileSet(joined(begun));
    if (!file.ok) return file;
    if (cardNameOf(file.value.name) !== undefined) files.push(file.value);
    begun = [];
  }
  return ok({ files, begun, ended });
}

/** The files of the known names in a directory that has been read to its end. Codes: CARD_DAMAGED */
export function filesOf(scan: DirectoryScan): Result<readonly ExfatFile[]> {
  return scan.begun.length > 0 ? err('CARD_DAMAGED', 'the root directory ends within a set') : ok(scan.files);
}

/** 80h is never valid (§6.2.1); a critical primary entry that nobody knows means a directory that we cannot read (§6.3.1.2.1). */
function isForbidden(type: number): boolean {
  return type >= 0x80 && type < 0xa0 && ![BITMAP, UP_CASE, LABEL].includes(type);
}

/** Allocation Bitmap, Up-case Table and Volume Label stand alone (exFAT §7.1 to §7.3). */
const [BITMAP, UP_CASE, LABEL] = [0x81, 0x82, 0x83];

function secondaryCount([primary]: readonly Uint8Array[]): number {
  return primary?.[1] ?? 0;
}

function joined(entries: readonly Uint8Array[]): Uint8Array {
  const set = new Uint8Array(entries.length * ENTRY_BYTES);
  for (const [i, entry] of entries.entries()) set.set(entry, i * ENTRY_BYTES);
  return set;
}
