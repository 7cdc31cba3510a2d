import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  err,
  ok,
  RESULT_TXT_MAX_BYTES,
  type Result,
  T2M_JSON_MAX_BYTES,
  T2M_TXT_MAX_BYTES,
} from '@ewon-agent/contracts';
import { cardNameOf, RESULT_TXT, T2M_JSON, T2M_TXT } from '../core/easy-commissioning.ts';
import { errnoOf } from './errno.ts';
import { listKnown, readKnown } from './read-directory.ts';
import type { NamedBytes } from './write-card.ts';

/**
 * Writes files of a card into a directory in the order given: each whole or not at all, in place of files of the same name in any case.
 * They are read back and compared.
 * @param files of the names of a card only
 * @param remove names that go away; one that is not there is fine
 * Codes: those of {@link readCardDirectory}, CARD_UNWRITABLE.
 */
export async function writeCardDirectory(
  path: string,
  files: readonly NamedBytes[],
  remove: readonly string[],
): Promise<Result<void>> {
  const listed = await listKnown(path);
  if (!listed.ok) return listed;
  const names = files.map((f) => f.name);
  try {
    for (const { name, bytes } of files) await replace(path, name, bytes);
    for (const entry of listed.value) {
      const name = cardNameOf(entry.name) ?? '';
      const otherCase = names.includes(name) && entry.name !== name;
      if (remove.includes(name) || (otherCase && !(await isSameFile(path, entry.name, name)))) {
        await rm(join(path, entry.name));
      }
    }
    await sync(path);
  } catch (error) {
    return err('CARD_UNWRITABLE', errnoOf(error), error);
  }
  return compare(path, files);
}

/** What an agent reads of a file at the most: one that is larger nobody could read again. */
const LIMITS: Readonly<Record<string, number>> = {
  [T2M_TXT]: T2M_TXT_MAX_BYTES,
  [T2M_JSON]: T2M_JSON_MAX_BYTES,
  [RESULT_TXT]: RESULT_TXT_MAX_BYTES,
};

async function compare(path: string, files: readonly NamedBytes[]): Promise<Result<void>> {
  const listed = await listKnown(path);
  if (!listed.ok) return listed;
  for (const { name, bytes } of files) {
    const back = await readKnown(path, listed.value, name, LIMITS[name] ?? bytes.length);
    if (!back.ok) return back;
    if (Buffer.compare(back.value ?? new Uint8Array(), bytes) !== 0)
      return err('CARD_UNWRITABLE', `${name} reads back otherwise`);
  }
  return ok(undefined);
}

async function replace(path: string, name: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(path, `${name}.new`);
  await rm(temporary, { force: true }); // left behind by an export that was interrupted
  let file: FileHandle | undefined;
  try {
    file = await open(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file?.close();
  }
  await rename(temporary, join(path, name));
}

/** On a mounted FAT both names lead to the file that was just written. */
async function isSameFile(path: string, a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([inodeOf(join(path, a)), inodeOf(join(path, b))]);
  return one === other;
}

async function inodeOf(path: string): Promise<bigint> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return (await file.stat({ bigint: true })).ino;
  } finally {
    await file.close();
  }
}

async function sync(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
