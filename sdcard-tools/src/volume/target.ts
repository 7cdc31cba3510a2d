import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type CardFiles, err, ok, type Result } from '@ewon-agent/contracts';
import { readMachine } from '../adapters/machine-sysfs.ts';
import { judgeDrive, judgeImage } from '../core/drive-verdict.ts';
import type { BlockDevice } from './block-device.ts';
import { type Access, NO_DEVICE, openBlockDevice } from './block-device-file.ts';
import type { Progress } from './commit.ts';
import { numberOf } from './device-number.ts';
import { errnoOf } from './errno.ts';
import { readCard } from './read-card.ts';
import { readCardDirectory } from './read-directory.ts';
import { findWritable, type NamedBytes, writeCard } from './write-card.ts';
import { writeCardDirectory } from './write-directory.ts';

/** What a person points the `sdcard` command at: a card image, a drive, or a directory. */
export type Target = {
  /** The medium itself; a directory has none. */
  readonly device?: BlockDevice;
  read(): Promise<Result<CardFiles>>;
  write(files: readonly NamedBytes[], remove: readonly string[], progress: Progress): Promise<Result<void>>;
  close(): Promise<void>;
};

/**
 * Opens a target. A drive that is to be written is judged first, by its device number and whatever its path is: a system drive is
 * never opened for writing.
 * Codes: TARGET_MISSING, TARGET_REFUSED, CARD_EXFAT (to be written), CARD_GONE, CARD_UNREADABLE, those of {@link judgeDrive}.
 */
export async function openTarget(path: string, access: Access): Promise<Result<Target>> {
  const found = await look(path);
  if (!found.ok) return found;
  if (found.value.isDirectory()) {
    return ok({
      read: () => readCardDirectory(path),
      write: (files, remove) => writeCardDirectory(path, files, remove),
      close: async () => {},
    });
  }
  const opened = access === 'readOnly' ? await openBlockDevice(path, access) : await openJudged(path, found.value);
  if (!opened.ok) return opened;
  const device = opened.value;
  return ok({
    device,
    read: () => readCard(device),
    write: (files, remove, progress) => writeCard(device, files, { remove, progress }),
    close: () => device.close(),
  });
}

async function openJudged(path: string, found: BigIntStats): Promise<Result<BlockDevice>> {
  const machine = await readMachine();
  const isDrive = found.isBlockDevice();
  const number = isDrive ? numberOf(found.rdev) : NO_DEVICE;
  const verdict = isDrive
    ? judgeDrive(machine, number)
    : judgeImage(machine, { on: numberOf(found.dev), inode: String(found.ino) });
  if (!verdict.ok) return verdict;
  // what is opened must be what was judged: a path can lead elsewhere a moment later
  const device = await openBlockDevice(path, 'readWrite', { number });
  if (!device.ok) return device;
  // known before anybody is asked for a key; what else may be wrong is told when the card is read
  const writable = await findWritable(device.value);
  if (writable.ok || writable.fault.code !== 'CARD_EXFAT') return device;
  await device.value.close();
  return writable;
}

async function look(path: string): Promise<Result<BigIntStats>> {
  try {
    return ok(await stat(path, { bigint: true }));
  } catch (error) {
    const errno = errnoOf(error);
    return err(errno === 'ENOENT' || errno === 'ENOTDIR' ? 'TARGET_MISSING' : 'TARGET_REFUSED', errno, error);
  }
}
