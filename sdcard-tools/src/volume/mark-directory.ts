import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type CardMark, err, ok, RESULT_TXT_MAX_BYTES, type Result } from '@ewon-agent/contracts';
import { cardNameOf, RESULT_TXT, T2M_JSON, T2M_TXT } from '../core/easy-commissioning.ts';
import { withReceipt } from '../core/result-txt.ts';
import { errnoOf } from './errno.ts';
import { listKnown, readKnown } from './read-directory.ts';
import { WIPE_MAX_BYTES } from './wipe-files.ts';
import { writeCardDirectory } from './write-directory.ts';

/**
 * Leaves on a card that is a directory what it asked for: the receipt first, then the key is overwritten where it stands and removed.
 * A file system that writes elsewhere than where a file stands (a journal, copy-on-write) may keep a copy; FAT does not.
 * Codes: CARD_UNWRITABLE, CARD_NOT_A_FILE, CARD_FULL, CARD_TOO_LARGE, those of {@link readCardDirectory}.
 */
export async function markCardDirectory(path: string, { receipt, wipe }: CardMark): Promise<Result<void>> {
  if (receipt) {
    const listed = await listKnown(path);
    if (!listed.ok) return listed;
    const present = await readKnown(path, listed.value, RESULT_TXT, RESULT_TXT_MAX_BYTES);
    if (!present.ok) return present;
    const bytes = withReceipt(present.value, receipt);
    if (!bytes.ok) return bytes;
    const written = await writeCardDirectory(path, [{ name: RESULT_TXT, bytes: bytes.value }], []);
    if (!written.ok) return written;
  }
  return wipe ? wipeDirectory(path) : ok(undefined);
}

async function wipeDirectory(path: string): Promise<Result<void>> {
  const listed = await listKnown(path);
  if (!listed.ok) return listed;
  const keys = listed.value.filter(({ name }) => [T2M_TXT, T2M_JSON].includes(cardNameOf(name) ?? ''));
  for (const { name } of keys) {
    const overwritten = await overwrite(join(path, name), name);
    if (!overwritten.ok) return overwritten;
  }
  return writeCardDirectory(path, [], [T2M_TXT, T2M_JSON]);
}

async function overwrite(path: string, name: string): Promise<Result<void>> {
  try {
    // as when it is read: no link is followed, and nothing else than a file is touched
    const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return err('CARD_NOT_A_FILE', name);
      if (stat.size > WIPE_MAX_BYTES) return err('CARD_TOO_LARGE', `${name} is ${stat.size} bytes`);
      // up to the end of its last block: something older may stand behind its end
      await file.write(new Uint8Array(Math.ceil(stat.size / stat.blksize) * stat.blksize), 0, undefined, 0);
      await file.sync();
      return ok(undefined);
    } finally {
      await file.close();
    }
  } catch (error) {
    const errno = errnoOf(error);
    const isNoFile = errno === 'ELOOP' || errno === 'ENXIO';
    return err(isNoFile ? 'CARD_NOT_A_FILE' : 'CARD_UNWRITABLE', `${name}: ${errno}`, error);
  }
}
