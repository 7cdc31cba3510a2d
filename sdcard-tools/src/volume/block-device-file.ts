import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { type Code, err, ok, type Result } from '@ewon-agent/contracts';
import type { BlockDevice } from './block-device.ts';
import { numberOf } from './device-number.ts';
import { errnoOf } from './errno.ts';
import { openUncached, type Uncached } from './read-uncached.ts';

export type Access = 'readOnly' | 'readWrite';

/** The device number of an ordinary file. */
export const NO_DEVICE = '';

/**
 * Opens an image file or a block device. Follows links, because a person typed the path (or the configuration names it); what was
 * opened is judged by its own descriptor, so nothing can be swapped in between.
 * A block device is opened for writing with O_EXCL: the kernel refuses while it is mounted.
 * @param expected.number what was judged before: a device number such as `8:16`, or {@link NO_DEVICE}
 * Codes: TARGET_MISSING, TARGET_REFUSED (neither file nor block device, no rights, in use, not what was expected),
 * CARD_GONE (no medium), CARD_UNREADABLE.
 */
export async function openBlockDevice(
  path: string,
  access: Access,
  expected: { readonly number?: string } = {},
): Promise<Result<BlockDevice>> {
  let file: FileHandle;
  try {
    file = await open(path, FLAGS[access]);
  } catch (error) {
    return openFault(error);
  }
  const sizeBytes = await sizeOf(file, expected.number);
  if (!sizeBytes.ok) {
    await file.close();
    return sizeBytes;
  }
  const uncached = access === 'readWrite' ? await openUncached(file.fd) : undefined;
  return ok(deviceOver({ file, uncached }, sizeBytes.value, access));
}

// O_NONBLOCK: opening a FIFO answers at once. O_NOCTTY: a terminal does not become ours. O_EXCL without O_CREAT has a meaning
// for block devices only (open(2)).
const ALWAYS = constants.O_NONBLOCK | constants.O_NOCTTY;
const FLAGS: Record<Access, number> = {
  readOnly: constants.O_RDONLY | ALWAYS,
  readWrite: constants.O_RDWR | constants.O_EXCL | ALWAYS,
};

type Opened = { readonly file: FileHandle; readonly uncached: Uncached | undefined };

function deviceOver({ file, uncached }: Opened, sizeBytes: number, access: Access): BlockDevice {
  const reading: Pick<BlockDevice, 'sizeBytes' | 'read' | 'close'> = {
    sizeBytes,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      try {
        for (let done = 0; done < length; ) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) return err('CARD_UNREADABLE', `the medium ends at byte ${offset + done}`);
          done += bytesRead;
        }
        return ok(bytes);
      } catch (error) {
        return ioFault(error, 'CARD_UNREADABLE', offset);
      }
    },
    close: () => file.close(),
  };
  if (access === 'readOnly') return reading;
  return {
    ...reading,
    ...(uncached && {
      readBack: async (offset: number, length: number) => {
        try {
          const bytes = await uncached.read(offset, length);
          if (bytes.length < length) return err('CARD_UNREADABLE', `the medium ends at byte ${offset + bytes.length}`);
          return ok(bytes);
        } catch (error) {
          return ioFault(error, 'CARD_UNREADABLE', offset);
        }
      },
    }),
    close: async () => {
      await uncached?.close();
      await file.close();
    },
    write: async (offset, bytes) => {
      try {
        for (let done = 0; done < bytes.length; ) {
          done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
        }
        return ok(undefined);
      } catch (error) {
        return ioFault(error, 'CARD_UNWRITABLE', offset);
      }
    },
    flush: async () => {
      try {
        await file.sync();
        return ok(undefined);
      } catch (error) {
        return ioFault(error, 'CARD_UNWRITABLE', 0);
      }
    },
  };
}

async function sizeOf(file: FileHandle, expected: string | undefined): Promise<Result<number>> {
  try {
    const stat = await file.stat({ bigint: true });
    if (expected !== undefined && expected !== (stat.isBlockDevice() ? numberOf(stat.rdev) : NO_DEVICE)) {
      return err('TARGET_REFUSED', 'it became something else while it was opened');
    }
    if (stat.isFile()) return ok(Number(stat.size));
    if (!stat.isBlockDevice()) return err('TARGET_REFUSED', `it is ${kindOf(stat)}`);
    const sectors = Number(await readFile(`/sys/dev/block/${numberOf(stat.rdev)}/size`, 'ascii'));
    return sectors > 0 ? ok(sectors * 512) : err('CARD_GONE', 'no medium in the drive'); // always 512-byte units (Linux sysfs)
  } catch (error) {
    return ioFault(error, 'CARD_UNREADABLE', 0);
  }
}

function kindOf(stat: BigIntStats): string {
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a FIFO';
  return stat.isCharacterDevice() ? 'a character device' : 'no ordinary file';
}

function openFault(error: unknown): Result<never> {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return err('TARGET_MISSING', errno, error);
  if (errno === 'ENOMEDIUM' || errno === 'ENXIO' || errno === 'ENODEV') return err('CARD_GONE', errno, error);
  if (errno === 'EBUSY') return err('TARGET_REFUSED', 'it is in use: unmount it first', error);
  if (errno === 'EISDIR') return err('TARGET_REFUSED', 'it is a directory', error);
  return err(errno === 'EIO' ? 'CARD_UNREADABLE' : 'TARGET_REFUSED', errno, error);
}

/** A card that was pulled answers with ENXIO, ENODEV or ENOMEDIUM, later with EIO as well: that cannot be told from a bad sector. */
function ioFault(error: unknown, code: Code, offset: number): Result<never> {
  const errno = errnoOf(error);
  if (['ENXIO', 'ENODEV', 'ENOMEDIUM'].includes(errno)) return err('CARD_GONE', errno, error);
  return err(code, `${errno} at byte ${offset}`, error);
}
