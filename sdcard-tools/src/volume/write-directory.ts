import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CardFiles, err, ok, type Result } from '@ewon-agent/contracts';
import { cardNameOf, T2M_JSON, T2M_TXT } from '../core/easy-commissioning.ts';
import { errnoOf } from './errno.ts';
import { listKnown, readCardDirectory } from './read-directory.ts';
import type { NamedBytes } from './write-card.ts';

/**
 * Writes files of a card into a directory in the order given: each whole or not at all, in place of files of the same name in any case.
 * They are read back and compared.
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
  const read = await readCardDirectory(path);
  return read.ok ? compare(read.value, files) : read;
}

function compare({ t2mTxt, t2mJson }: CardFiles, files: readonly NamedBytes[]): Result<void> {
  const back = new Map([
    [T2M_TXT, t2mTxt],
    [T2M_JSON, t2mJson],
  ]);
  const other = files.find(({ name, bytes }) => Buffer.compare(back.get(name) ?? new Uint8Array(), bytes) !== 0);
  return other ? err('CARD_UNWRITABLE', `${other.name} reads back otherwise`) : ok(undefined);
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
