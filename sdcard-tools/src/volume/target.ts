import { stat } from 'node:fs/promises';
import { type CardFiles, err, ok, type Result } from '@ewon-agent/contracts';
import { type Access, openBlockDevice } from './block-device-file.ts';
import { errnoOf } from './errno.ts';
import { readCard } from './read-card.ts';
import { readCardDirectory } from './read-directory.ts';
import { findWritable, type NamedBytes, writeCard } from './write-card.ts';
import { writeCardDirectory } from './write-directory.ts';

/** What a person points the `sdcard` command at: a card image, a drive, or a directory. */
export type Target = {
  read(): Promise<Result<CardFiles>>;
  write(files: readonly NamedBytes[], remove: readonly string[]): Promise<Result<void>>;
  close(): Promise<void>;
};

/** Opens a target. Codes: TARGET_MISSING, TARGET_REFUSED, CARD_EXFAT (to be written), CARD_GONE, CARD_UNREADABLE. */
export async function openTarget(path: string, access: Access): Promise<Result<Target>> {
  const directory = await isDirectory(path);
  if (!directory.ok) return directory;
  if (directory.value) {
    return ok({
      read: () => readCardDirectory(path),
      write: (files, remove) => writeCardDirectory(path, files, remove),
      close: async () => {},
    });
  }
  const opened = await openBlockDevice(path, access);
  if (!opened.ok) return opened;
  const device = opened.value;
  if (access === 'readWrite') {
    // known before anybody is asked for a key; what else may be wrong is told when the card is read
    const writable = await findWritable(device);
    if (!writable.ok && writable.fault.code === 'CARD_EXFAT') {
      await device.close();
      return writable;
    }
  }
  return ok({
    read: () => readCard(device),
    write: (files, remove) => writeCard(device, files, { remove }),
    close: () => device.close(),
  });
}

async function isDirectory(path: string): Promise<Result<boolean>> {
  try {
    return ok((await stat(path)).isDirectory());
  } catch (error) {
    const errno = errnoOf(error);
    return err(errno === 'ENOENT' || errno === 'ENOTDIR' ? 'TARGET_MISSING' : 'TARGET_REFUSED', errno, error);
  }
}
