import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { errnoOf } from '@ewon-agent/sdcard-tools/volume/errno';
import { listKnown } from '@ewon-agent/sdcard-tools/volume/read-directory';

/**
 * Names what a directory holds of a card's files: another name after any of them was written, replaced, added or removed; empty text
 * where it holds none, or is not there.
 * Codes: those of {@link listKnown}.
 */
export async function contentOf(dir: string): Promise<Result<string>> {
  const listed = await listKnown(dir);
  if (!listed.ok) {
    if (listed.fault.code === 'CARD_BUDGET') return ok(listed.fault.detail); // a card all the same: who reads it says why it is refused
    return listed.fault.code === 'TARGET_MISSING' ? ok('') : listed;
  }
  try {
    const files = await Promise.all(
      listed.value.map(async ({ name }) => {
        const { ino, size, mtimeNs, ctimeNs } = await lstat(join(dir, name), { bigint: true });
        return [name, ino, size, mtimeNs, ctimeNs].join('.');
      }),
    );
    return ok(files.sort().join());
  } catch (error) {
    return err('CARD_UNREADABLE', errnoOf(error), error); // changed under our eyes: the next look tells
  }
}
