import {
  CARD_PIECE_MAX_BYTES,
  type CardPart,
  type CardPiece,
  type Code,
  err,
  ok,
  type Result,
  T2M_JSON_MAX_BYTES,
} from '@ewon-agent/contracts';
import type { FatFs } from 'js-fatfs';
import type { Sectors } from './sectors.ts';

// ChaN's FatFs in WebAssembly (js-fatfs): the parser of hostile file systems, in a sandbox of 1 MiB without privilege. One instance
// serves one operation and is thrown away, so nothing that a card does to its memory lasts.

/** An entry of the root directory, under its long name where it has one. */
export type FatEntry = { readonly name: string; readonly directory: boolean; readonly readOnly: boolean };
export type FatKind = 'FAT' | 'FAT32';

/**
 * The root directory of a FAT volume. What a call could not have is in {@link Sectors.lacked}; its fault then says less.
 * Codes: CARD_NOT_FAT, CARD_DAMAGED, CARD_UNREADABLE, CARD_FULL, TARGET_REFUSED.
 */
export type Fat = {
  /** Begins again; everything that was known of the volume is forgotten. */
  mount(): Result<void>;
  /** Lists the entries of these names, in any case; thousands of others cost no memory. Codes: CARD_BUDGET (more than 4,096 entries) as well. */
  list(names: readonly string[]): Result<readonly FatEntry[]>;
  /** Codes: CARD_TOO_LARGE as well. */
  read(name: string, maxBytes: number): Result<Uint8Array>;
  /** Reads a part of a file, as `SlotPort.piece` says. */
  piece(part: CardPart): Result<CardPiece>;
  /** Makes or replaces a file. */
  write(name: string, bytes: Uint8Array): Result<void>;
  /** Overwrites what a file holds with zeros, at most its first {@link SCRUB_MAX_BYTES}. */
  scrub(name: string): Result<void>;
  remove(name: string): Result<void>;
  /** Makes an empty file system without a partition table; FAT is FAT12 or FAT16, by size. */
  format(kind: FatKind): Result<void>;
};

/** Loads FatFs (20 ms, 1 MiB, at first use only: an idle agent does not pay for it) over the sectors of a volume. */
export async function fatOver(sectors: Sectors): Promise<Fat> {
  const F = await import('js-fatfs');
  const ff = await F.create({ diskio: diskOver(sectors, F) });
  const volume = ff.malloc(F.sizeof_FATFS);
  const file = ff.malloc(F.sizeof_FIL);
  const directory = ff.malloc(F.sizeof_DIR);
  const entry = ff.malloc(F.sizeof_FILINFO);
  const moved = ff.malloc(4);

  /** Opens, works, closes; the first thing that goes wrong counts. */
  const withFile = <T>(name: string, mode: number, work: () => Result<T>): Result<T> => {
    const opened = ff.f_open(file, `/${name}`, mode);
    if (opened !== F.FR_OK) return fault(opened, name);
    const result = work();
    const closed = ff.f_close(file);
    return result.ok && closed !== F.FR_OK ? fault(closed, name) : result;
  };

  const sizeOf = (opened: number) => ff.f_size(opened) >>> 0; // WebAssembly has signed numbers only

  /** Reads so many bytes of the open file, all of them or none. */
  const readOn = (name: string, size: number): Result<Uint8Array> =>
    withBuffer(ff, size, (buffer) => {
      const read = ff.f_read(file, buffer, size, moved);
      if (read !== F.FR_OK) return fault(read, name);
      if (ff.getValue(moved, 'i32') !== size) return err('CARD_DAMAGED', `${name} is shorter than its size`);
      return ok(ff.HEAPU8.slice(buffer, buffer + size));
    });

  return {
    mount() {
      ff.f_unmount('');
      return answer(ff.f_mount(volume, '', 1), 'mount');
    },
    list(names) {
      const wanted = names.map((name) => new TextEncoder().encode(name));
      const opened = ff.f_opendir(directory, '/');
      if (opened !== F.FR_OK) return fault(opened, 'the root directory');
      const entries: FatEntry[] = [];
      for (let seen = 0; ; seen++) {
        if (seen > ROOT_ENTRIES_MAX) return err('CARD_BUDGET', `more than ${ROOT_ENTRIES_MAX} entries`);
        const read = ff.f_readdir(directory, entry);
        if (read !== F.FR_OK) return fault(read, 'the root directory');
        const at = nameOf(ff, entry);
        if (ff.HEAPU8[at] === 0) return ok(entries);
        if (!wanted.some((name) => isNameAt(ff.HEAPU8, at, name))) continue;
        const name = ff.FILINFO_fname(entry);
        const attributes = ff.FILINFO_fattrib(entry);
        entries.push({ name, directory: (attributes & F.AM_DIR) !== 0, readOnly: (attributes & F.AM_RDO) !== 0 });
      }
    },
    read: (name, maxBytes) =>
      withFile(name, F.FA_READ, () => {
        const size = sizeOf(file);
        return size > maxBytes
          ? err('CARD_TOO_LARGE', `${name} is ${size} bytes, limit ${maxBytes}`)
          : readOn(name, size);
      }),
    piece: ({ name, offset, length }) =>
      withFile(name, F.FA_READ, () => {
        const sizeBytes = sizeOf(file);
        const wanted = Math.min(length, CARD_PIECE_MAX_BYTES, sizeBytes - offset);
        if (wanted <= 0) return ok({ sizeBytes, bytes: new Uint8Array() });
        const sought = ff.f_lseek(file, offset);
        if (sought !== F.FR_OK) return fault(sought, name);
        const bytes = readOn(name, wanted);
        return bytes.ok ? ok({ sizeBytes, bytes: bytes.value }) : bytes;
      }),
    write: (name, bytes) =>
      withFile(name, F.FA_WRITE | F.FA_CREATE_ALWAYS, () =>
        withBuffer(ff, bytes.length, (buffer) => {
          ff.HEAPU8.set(bytes, buffer);
          const wrote = ff.f_write(file, buffer, bytes.length, moved);
          if (wrote !== F.FR_OK) return fault(wrote, name);
          return ff.getValue(moved, 'i32') === bytes.length ? ok(undefined) : err('CARD_FULL', name);
        }),
      ),
    scrub: (name) =>
      withFile(name, F.FA_WRITE, () => {
        const size = Math.min(ff.f_size(file), SCRUB_MAX_BYTES);
        return withBuffer(ff, size, (buffer) => {
          ff.HEAPU8.fill(0, buffer, buffer + size);
          return answer(ff.f_write(file, buffer, size, moved), name);
        });
      }),
    remove: (name) => answer(ff.f_unlink(`/${name}`), name),
    format: (kind) =>
      withBuffer(ff, FORMAT_WORK_BYTES, (work) => {
        const fmt = F.FM_SFD | (kind === 'FAT32' ? F.FM_FAT32 : F.FM_FAT);
        // two tables, because readers of cards expect it; no alignment; 512 entries in a FAT16 root; cluster size by volume size
        const parameters = { fmt, n_fat: 2, align: 1, n_root: 512, au_size: 0 };
        return answer(ff.f_mkfs('', parameters, work, FORMAT_WORK_BYTES), `${kind} on ${sectors.count} sectors`);
      }),
  };
}

/** A root directory that runs in a circle has no end. */
const ROOT_ENTRIES_MAX = 4096;
/** No file of ours is larger; a file that only has the name of one is not written over for minutes. */
export const SCRUB_MAX_BYTES = T2M_JSON_MAX_BYTES;
/** Work area of f_mkfs: larger means fewer calls. */
const FORMAT_WORK_BYTES = 32 * 1024;

/** Where the name of an entry stands in the memory of FatFs: reading it out makes a string, which thousands of entries must not. */
function nameOf(ff: FatFs, entry: number): number {
  return (ff as FatFs & { readonly _FILINFO_fname: (entry: number) => number })._FILINFO_fname(entry);
}

/** Compares in any case of ASCII; names in the memory of FatFs are UTF-8 and end with a zero. */
function isNameAt(memory: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) {
    if (folded(memory[at + i] ?? 0) !== folded(name[i] ?? 0)) return false;
  }
  return memory[at + name.length] === 0;
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte; // A-Z
}

function withBuffer<T>(ff: FatFs, sizeBytes: number, work: (buffer: number) => T): T {
  const buffer = ff.malloc(Math.max(sizeBytes, 1));
  try {
    return work(buffer);
  } finally {
    ff.free(buffer);
  }
}

function answer(result: number, what: string): Result<void> {
  return result === 0 ? ok(undefined) : fault(result, what);
}

function fault(result: number, what: string): Result<never> {
  return err(FAULTS.get(result) ?? 'CARD_DAMAGED', `${what}, FatFs ${result}`);
}

/** What a FRESULT means here; any other is a file system that FatFs cannot make sense of. */
const FAULTS = new Map<number, Code>([
  [1, 'CARD_UNREADABLE'], // FR_DISK_ERR; the sectors know better why
  [2, 'CARD_DAMAGED'], // FR_INT_ERR: a chain of clusters that leads nowhere
  [7, 'CARD_FULL'], // FR_DENIED: no cluster or no directory entry left; read-only files are refused before
  [10, 'TARGET_REFUSED'], // FR_WRITE_PROTECTED
  [13, 'CARD_NOT_FAT'], // FR_NO_FILESYSTEM
  [14, 'TARGET_REFUSED'], // FR_MKFS_ABORTED: no such file system fits the size
]);

function diskOver(sectors: Sectors, F: typeof import('js-fatfs')) {
  const { sectorBytes } = sectors;
  return {
    initialize: () => F.RES_OK,
    status: () => F.RES_OK,
    read(ff: FatFs, _drive: number, buffer: number, sector: number, count: number) {
      for (let i = 0; i < count; i++) {
        const bytes = sectors.read((sector >>> 0) + i); // WebAssembly has signed numbers only
        if (!bytes) return F.RES_ERROR;
        ff.HEAPU8.set(bytes, buffer + i * sectorBytes);
      }
      return F.RES_OK;
    },
    write(ff: FatFs, _drive: number, buffer: number, sector: number, count: number) {
      for (let i = 0; i < count; i++) {
        const at = buffer + i * sectorBytes;
        if (!sectors.write((sector >>> 0) + i, ff.HEAPU8.slice(at, at + sectorBytes))) return F.RES_ERROR;
      }
      return F.RES_OK;
    },
    ioctl(ff: FatFs, _drive: number, command: number, buffer: number) {
      if (command === F.GET_SECTOR_COUNT) ff.setValue(buffer, sectors.count, 'i32');
      else if (command === F.GET_SECTOR_SIZE) ff.setValue(buffer, sectorBytes, 'i16');
      else if (command === F.GET_BLOCK_SIZE) ff.setValue(buffer, 1, 'i32');
      else if (command !== F.CTRL_SYNC) return F.RES_PARERR;
      return F.RES_OK;
    },
  };
}
