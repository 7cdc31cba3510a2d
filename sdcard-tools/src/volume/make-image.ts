import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { smallestImageBytes } from '../core/image-size.ts';
import type { BlockDevice } from './block-device.ts';
import { openBlockDevice } from './block-device-file.ts';
import { memoryDevice } from './block-device-memory.ts';
import { errnoOf } from './errno.ts';
import { formatFat, type NamedBytes, writeCard } from './write-card.ts';

export { smallestFat32Bytes, smallestImageBytes } from '../core/image-size.ts';

/** What happens to an image that is there already. */
export type IfThere = 'refuse' | 'replace';

/**
 * Makes an empty card image: a sparse file with a FAT32, below `smallestFat32Bytes` (33 MiB) a FAT16 or FAT12.
 * @param sizeBytes a multiple of 512, from 64 KiB to 128 GB
 * @param ifThere only an ordinary file is ever replaced
 * Codes: TARGET_REFUSED, CARD_MEDIUM_TOO_LARGE, CARD_UNWRITABLE.
 */
export async function makeImage(path: string, sizeBytes: number, ifThere: IfThere = 'refuse'): Promise<Result<void>> {
  if (!isSize(sizeBytes)) return sizeFault(sizeBytes);
  const made = await makeEmpty(path, sizeBytes, ifThere);
  if (!made.ok) return made;
  const device = await openBlockDevice(path, 'readWrite');
  if (!device.ok) return device;
  const formatted = await formatFat(device.value);
  await device.value.close();
  if (!formatted.ok) await rm(path, { force: true }); // half a file system is worse than none
  return formatted;
}

/**
 * Makes a card image with files on it: the whole image or none, whatever comes in between.
 * @param path in a directory that takes another file, of the same name with a dot in front, until the image is whole
 * @param ifThere only an ordinary file is ever replaced
 * Codes: TARGET_REFUSED, CARD_MEDIUM_TOO_LARGE, CARD_FULL, CARD_UNWRITABLE.
 */
export async function makeFilledImage(
  path: string,
  sizeBytes: number,
  files: readonly NamedBytes[],
  ifThere: IfThere,
): Promise<Result<void>> {
  const part = join(dirname(path), `.${basename(path)}.part`);
  try {
    const made = await makeImage(part, sizeBytes, 'replace');
    const device = made.ok ? await openBlockDevice(part, 'readWrite') : made;
    if (!device.ok) return device;
    const written = await writeCard(device.value, files);
    await device.value.close();
    if (!written.ok) return written;
    const free = await isFree(path, ifThere);
    if (free.ok) await rename(part, path);
    return free;
  } catch (error) {
    return err('CARD_UNWRITABLE', errnoOf(error), error);
  } finally {
    await rm(part, { force: true });
  }
}

/** Tells whether an image may be made there. Codes: TARGET_REFUSED, CARD_UNWRITABLE. */
export async function isFree(path: string, ifThere: IfThere): Promise<Result<void>> {
  try {
    const isFile = (await lstat(path)).isFile();
    return isFile && ifThere === 'replace' ? ok(undefined) : err('TARGET_REFUSED', THERE_ALREADY);
  } catch (error) {
    const errno = errnoOf(error);
    const isMissing = errno === 'ENOENT' || errno === 'ENOTDIR'; // a directory that is missing as well is made later
    return isMissing ? ok(undefined) : err('CARD_UNWRITABLE', errno, error);
  }
}

const THERE_ALREADY = 'there is something of that name; --force replaces an ordinary file';

/**
 * Makes a card image in memory.
 * An Ewon is said to want FAT32: take `smallestFat32Bytes` for a card that is written from the image; about 1 MiB (FAT12) is enough for this agent.
 * Codes: TARGET_REFUSED, CARD_FULL.
 */
export async function makeCardImage(files: readonly NamedBytes[], sizeBytes: number): Promise<Result<Uint8Array>> {
  if (!isSize(sizeBytes)) return sizeFault(sizeBytes);
  const image = new Uint8Array(sizeBytes);
  const device: BlockDevice = memoryDevice(image);
  const formatted = await formatFat(device);
  if (!formatted.ok) return formatted;
  const written = await writeCard(device, files);
  return written.ok ? { ok: true, value: image } : written;
}

function isSize(sizeBytes: number): boolean {
  return Number.isSafeInteger(sizeBytes) && sizeBytes % 512 === 0 && sizeBytes >= smallestImageBytes;
}

function sizeFault(sizeBytes: number): Result<never> {
  return err('TARGET_REFUSED', `${sizeBytes} bytes; an image has at least ${smallestImageBytes}, in steps of 512`);
}

async function makeEmpty(path: string, sizeBytes: number, ifThere: IfThere): Promise<Result<void>> {
  let file: FileHandle | undefined;
  try {
    if (ifThere === 'replace' && (await isOrdinaryFile(path))) await rm(path);
    file = await open(path, 'wx', 0o600); // the image will hold a key
    await file.truncate(sizeBytes);
    return { ok: true, value: undefined };
  } catch (error) {
    const errno = errnoOf(error);
    return errno === 'EEXIST' ? err('TARGET_REFUSED', THERE_ALREADY, error) : err('CARD_UNWRITABLE', errno, error);
  } finally {
    await file?.close();
  }
}

async function isOrdinaryFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
