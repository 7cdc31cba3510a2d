import { err, ok, type Result } from '@ewon-agent/contracts';

// The archive of an agent's version: POSIX ustar (IEEE 1003.1-2001), of which only what "make package" writes is read: files
// without a directory, mode 0644, owner 0. There are no links, devices, directories, extensions (pax, GNU) and no second spelling of anything,
// so there is no name that could lead out of the directory it is unpacked into.

const BLOCK = 512;
/** Five times what a version takes today. */
export const ARCHIVE_LIMITS = { files: 500, fileBytes: 32 * 1024 * 1024, allBytes: 64 * 1024 * 1024 } as const;
/** GNU tar fills up to 20 blocks. */
const END_BLOCKS_MAX = 40;

/** What is to be done, in order. `write` bytes belong to the file opened last and are those of the chunk. */
export type ArchivePart =
  | { readonly do: 'open'; readonly name: string; readonly sizeBytes: number }
  | { readonly do: 'write'; readonly bytes: Uint8Array }
  | { readonly do: 'close' };

export type ArchiveReader = {
  /** Takes the next bytes, as they come. Codes: PATCH_ARCHIVE_BAD; after one nothing is read any more. */
  feed(chunk: Uint8Array): Result<readonly ArchivePart[]>;
  /** Tells the names that were in it, when it was whole. Codes: PATCH_ARCHIVE_BAD. */
  end(): Result<readonly string[]>;
};

/** Reads an archive that may be hostile. Holds no more than a header in memory. */
export function createArchiveReader(): ArchiveReader {
  const names = new Map<string, string>();
  const header = new Uint8Array(BLOCK);
  let filled = 0;
  let left = 0;
  let padding = 0;
  let endBlocks = 0;
  let allBytes = 0;
  let refused: string | undefined;

  const refuse = (why: string) => {
    refused ??= why;
    return err('PATCH_ARCHIVE_BAD', refused);
  };
  /** @returns why the header is refused */
  const take = (parts: ArchivePart[]): string | undefined => {
    if (header.every((byte) => byte === 0)) {
      endBlocks += 1;
      return endBlocks > END_BLOCKS_MAX ? 'it goes on after its end' : undefined;
    }
    if (endBlocks > 0) return 'it goes on after its end';
    const read = readHeader(header);
    if (typeof read === 'string') return read;
    const { name, sizeBytes } = read;
    const folded = name.toLowerCase();
    const other = names.get(folded);
    if (other !== undefined) return `${name} stands beside ${other}`;
    names.set(folded, name);
    allBytes += sizeBytes;
    if (names.size > ARCHIVE_LIMITS.files) return `more than ${ARCHIVE_LIMITS.files} files`;
    if (sizeBytes > ARCHIVE_LIMITS.fileBytes) return `${name} has ${sizeBytes} bytes`;
    if (allBytes > ARCHIVE_LIMITS.allBytes) return `more than ${ARCHIVE_LIMITS.allBytes} bytes`;
    left = sizeBytes;
    padding = (BLOCK - (sizeBytes % BLOCK)) % BLOCK;
    parts.push({ do: 'open', name, sizeBytes });
    if (left === 0) parts.push({ do: 'close' });
    return undefined;
  };

  return {
    feed(chunk) {
      if (refused !== undefined) return refuse(refused);
      const parts: ArchivePart[] = [];
      let at = 0;
      while (at < chunk.length) {
        if (left > 0) {
          const bytes = chunk.subarray(at, at + left);
          parts.push({ do: 'write', bytes });
          left -= bytes.length;
          at += bytes.length;
          if (left === 0) parts.push({ do: 'close' });
        } else if (padding > 0) {
          const zeros = chunk.subarray(at, at + padding);
          if (zeros.some((byte) => byte !== 0)) return refuse('something is hidden behind a file');
          padding -= zeros.length;
          at += zeros.length;
        } else {
          const part = chunk.subarray(at, at + BLOCK - filled);
          header.set(part, filled);
          filled += part.length;
          at += part.length;
          if (filled < BLOCK) break;
          filled = 0;
          const why = take(parts);
          if (why !== undefined) return refuse(why);
        }
      }
      return ok(parts);
    },
    end() {
      if (refused !== undefined) return refuse(refused);
      if (endBlocks < 2 || filled > 0) return refuse('it is cut short');
      return ok([...names.values()]);
    },
  };
}

/** No name can lead anywhere, look like another one, or mean something to a shell. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;

/** @returns what it says, or why it is refused */
function readHeader(header: Uint8Array): { readonly name: string; readonly sizeBytes: number } | string {
  const field = (from: number, length: number) => header.subarray(from, from + length);
  const isEmpty = (from: number, length: number) => field(from, length).every((byte) => byte === 0);
  if (octal(field(148, 8), /^([0-7]{6})\0 $/) !== sumOf(header)) return 'a checksum is wrong';
  if (latin1(field(257, 8)) !== 'ustar\x0000') return 'it is not in the format ustar';
  const name = latin1(field(0, 100)).replace(/\0+$/, '');
  if (!NAME.test(name)) return `a file has the name ${JSON.stringify(name).slice(0, 120)}`;
  if (header[156] !== 0x30) return `${name} is no plain file`;
  if (!isEmpty(157, 100)) return `${name} is a link`;
  if (octal(field(100, 8), /^([0-7]{7})\0$/) !== 0o644) return `${name} has another mode than 0644`;
  if (octal(field(108, 8), /^([0-7]{7})\0$/) !== 0 || octal(field(116, 8), /^([0-7]{7})\0$/) !== 0)
    return `${name} belongs to somebody`;
  const sizeBytes = octal(field(124, 12), /^([0-7]{11})\0$/);
  if (sizeBytes === undefined || octal(field(136, 12), /^([0-7]{11})\0$/) === undefined)
    return `${name} has no size or time`;
  if (!isEmpty(265, 64)) return `${name} belongs to somebody`;
  if (![329, 337].every((from) => isEmpty(from, 8) || octal(field(from, 8), /^([0-7]{7})\0$/) === 0))
    return `${name} is a device`;
  if (!isEmpty(345, 167)) return `${name} is in a directory`;
  return { name, sizeBytes };
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function octal(bytes: Uint8Array, spelling: RegExp): number | undefined {
  const [, digits] = spelling.exec(latin1(bytes)) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

/** The checksum itself counts as spaces. */
function sumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}
