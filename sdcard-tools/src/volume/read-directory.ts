import { constants, type Dirent } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CARD_PIECE_MAX_BYTES,
  type CardFiles,
  type CardPart,
  type CardPiece,
  err,
  ok,
  type Result,
  T2M_JSON_MAX_BYTES,
  T2M_TXT_MAX_BYTES,
} from '@ewon-agent/contracts';
import { cardNameOf, RESULT_TXT, T2M_JSON, T2M_TXT } from '../core/easy-commissioning.ts';
import { findOtherFile, otherFilesAmong } from '../core/known-files.ts';
import { errnoOf } from './errno.ts';
import { CARD_BUDGET } from './read-card.ts';
import { within } from './within.ts';

/** A directory that holds a card's files has no more entries than this; more are not looked through. */
export const ENTRIES_MAX = 1000;

/**
 * Reads a card that is a directory, such as a mounted one. Known names only, in any case; links are not followed, and only ordinary files
 * are read, once, from the descriptor that was judged.
 * Codes: TARGET_MISSING, TARGET_REFUSED, CARD_NOT_A_FILE, CARD_TOO_LARGE, CARD_DAMAGED (two of a name), CARD_BUDGET, CARD_GONE, CARD_UNREADABLE.
 */
export async function readCardDirectory(path: string): Promise<Result<CardFiles>> {
  return within(CARD_BUDGET.timeMs, async () => {
    const listed = await listKnown(path);
    if (!listed.ok) return listed;
    const t2mTxt = await readKnown(path, listed.value, T2M_TXT, T2M_TXT_MAX_BYTES);
    if (!t2mTxt.ok) return t2mTxt;
    const t2mJson = await readKnown(path, listed.value, T2M_JSON, T2M_JSON_MAX_BYTES);
    if (!t2mJson.ok) return t2mJson;
    const files = listed.value.filter((e) => e.isFile()).map((e) => cardNameOf(e.name) ?? '');
    return ok({
      ...(t2mTxt.value && { t2mTxt: t2mTxt.value }),
      ...(t2mJson.value && { t2mJson: t2mJson.value }),
      otherFiles: otherFilesAmong(files),
      ...(files.includes(RESULT_TXT) && { hasReceipts: true as const }),
    });
  });
}

/**
 * Reads a piece of one of the other files of a card that is a directory, by the same rules.
 * Codes: CARD_GONE (no such file, too), those of {@link readCardDirectory}.
 */
export async function readDirectoryPiece(path: string, part: CardPart): Promise<Result<CardPiece>> {
  return within(CARD_BUDGET.timeMs, async () => {
    const listed = await listKnown(path);
    if (!listed.ok) return listed;
    const entries = listed.value.map(({ name }) => ({ name, directory: false })); // what it is, is asked of the open file
    const found = findOtherFile(entries, part.name);
    if (!found.ok) return found;
    const { name } = found.value;
    return withOpened(path, name, async (file, size) => {
      const length = Math.max(Math.min(part.length, CARD_PIECE_MAX_BYTES, size - part.offset), 0);
      const bytes = await readWhole(file, name, { offset: part.offset, length });
      return bytes.ok ? ok({ sizeBytes: size, bytes: bytes.value }) : bytes;
    });
  });
}

/** Lists the entries of a directory that are named like a file of a card. Codes: as {@link readCardDirectory}. */
export async function listKnown(path: string): Promise<Result<readonly Dirent[]>> {
  const known: Dirent[] = [];
  let seen = 0;
  try {
    for await (const entry of await opendir(path)) {
      seen += 1;
      if (seen > ENTRIES_MAX) return err('CARD_BUDGET', `more than ${ENTRIES_MAX} entries`);
      if (cardNameOf(entry.name)) known.push(entry);
    }
    return ok(known);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return err('TARGET_MISSING', errno, error);
    return err(errno === 'EIO' ? 'CARD_UNREADABLE' : 'TARGET_REFUSED', errno, error);
  }
}

/**
 * Reads one of the entries that {@link listKnown} found, by its name on a card; undefined where there is none.
 * Codes: as {@link readCardDirectory}.
 */
export async function readKnown(
  path: string,
  entries: readonly Dirent[],
  name: string,
  maxBytes: number,
): Promise<Result<Uint8Array | undefined>> {
  const [found, ...more] = entries.filter((e) => cardNameOf(e.name) === name);
  if (!found) return ok(undefined);
  if (more.length > 0) return err('CARD_DAMAGED', `${more.length + 1} files are named ${name}`);
  return withOpened(path, found.name, async (file, size) => {
    if (size > maxBytes) return err('CARD_TOO_LARGE', `${name} is ${size} bytes, limit ${maxBytes}`);
    return readWhole(file, name, { offset: 0, length: size });
  });
}

/** Opens an entry, if it is an ordinary file, for as long as `work` takes. */
async function withOpened<T>(
  path: string,
  name: string,
  work: (file: FileHandle, sizeBytes: number) => Promise<Result<T>>,
): Promise<Result<T>> {
  let file: FileHandle | undefined;
  try {
    // O_NONBLOCK: four FIFOs that are opened without it stop a whole Node process
    file = await open(join(path, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) return err('CARD_NOT_A_FILE', name);
    const result = await work(file, Number(before.size));
    const after = await file.stat({ bigint: true });
    const same = after.size === before.size && after.mtimeNs === before.mtimeNs;
    return same || !result.ok ? result : err('CARD_GONE', `${name} changed while it was read`);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ELOOP' || errno === 'ENXIO') return err('CARD_NOT_A_FILE', name, error); // a link; a socket
    if (errno === 'ENOENT') return err('CARD_GONE', name, error);
    return err('CARD_UNREADABLE', `${name}: ${errno}`, error);
  } finally {
    await file?.close();
  }
}

async function readWhole(
  file: FileHandle,
  name: string,
  { offset, length }: Pick<CardPart, 'offset' | 'length'>,
): Promise<Result<Uint8Array>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  for (let read = -1; read !== 0 && done < length; done += read) {
    read = (await file.read(bytes, done, length - done, offset + done)).bytesRead;
  }
  return done === length ? ok(bytes) : err('CARD_GONE', `${name} changed while it was read`);
}
