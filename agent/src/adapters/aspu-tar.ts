import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, printable, type Result } from '@ewon-agent/contracts';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { ASPU_TREE_LIMITS, aspuPlaceOf } from '../core/aspu-tree.ts';
import { errorCodeOf } from './tls-fault.ts';

/** Takes an archive as it comes. Nothing of it counts before {@link TreeTaker.end} was ok. */
export type TreeTaker = {
  /** Codes: PATCH_TREE_BAD, PATCH_NO_ROOM, STATE_UNWRITABLE. */
  write(bytes: Uint8Array): Promise<Result<void>>;
  /** Puts the tree in the place of the one before. @returns its files. Codes: those of `write`. */
  end(): Promise<Result<number>>;
  discard(): Promise<void>;
};

/**
 * Unpacks a tar of a repository of patches into a directory: its regular files only, at the places that it knows, within
 * ASPU_TREE_LIMITS; links, devices and all other names are passed over. An archive that is packed (gzip, …) is refused as none.
 * The tree that was there stays until the other one is whole; where the power is cut just then, neither is left.
 */
export function takeAspuTar(dir: string): TreeTaker {
  const coming = `${dir}.coming`;
  const decoder = createTarDecoder({ strict: true });
  const writer = decoder.writable.getWriter();
  let fault: Result<never> | undefined;
  const taking = take(decoder.readable, coming).catch((cause: unknown) => {
    fault = refusalOf(cause);
    return 0;
  });

  return {
    async write(bytes) {
      const written = writer.write(Uint8Array.from(bytes)).catch((cause: unknown) => {
        fault ??= refusalOf(cause);
      });
      // an archive that was refused is read no more, and a writer would wait for ever
      await Promise.race([written, taking]);
      return fault ?? ok(undefined);
    },
    async end() {
      await Promise.race([writer.close().catch(() => {}), taking]);
      const files = await taking;
      if (fault) return fault;
      try {
        await rm(dir, { recursive: true, force: true });
        await rename(coming, dir);
        return ok(files);
      } catch (cause) {
        return refusalOf(cause);
      }
    },
    async discard() {
      await writer.abort().catch(() => {}); // it was refused before
      await taking;
      await rm(coming, { recursive: true, force: true });
    },
  };
}

async function take(entries: ReadableStream<ParsedTarEntry>, coming: string): Promise<number> {
  await rm(coming, { recursive: true, force: true });
  await mkdir(join(coming, 'targets'), { recursive: true, mode: 0o700 });
  const taken = new Set<string>();
  let [seen, allBytes] = [0, 0];
  for await (const { header, body } of entries) {
    seen += 1;
    allBytes += header.size;
    if (seen > ASPU_TREE_LIMITS.files || allBytes > ASPU_TREE_LIMITS.allBytes)
      throw new Unfit(`more than ${ASPU_TREE_LIMITS.files} files or ${ASPU_TREE_LIMITS.allBytes} bytes`);
    const place = header.type === undefined || header.type === 'file' ? aspuPlaceOf(header.name) : undefined;
    if (place !== undefined && taken.has(place)) throw new Unfit(`${place} is there twice`);
    if (place === undefined) for await (const _ of body);
    else {
      taken.add(place);
      await keep(body, join(coming, place));
    }
  }
  if (!taken.has('timestamp.json')) throw new Unfit('there is no timestamp.json in it');
  return taken.size;
}

async function keep(body: ReadableStream<Uint8Array>, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const bytes of body) await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

class Unfit extends Error {}

function refusalOf(cause: unknown): Result<never> & { readonly ok: false } {
  const code = errorCodeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') return err('PATCH_NO_ROOM', code, cause);
  // of the file system; what a decoder says has no such code
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return err('STATE_UNWRITABLE', code, cause);
  const detail = cause instanceof Error ? printable(cause.message, 100) : '';
  return err('PATCH_TREE_BAD', detail, cause);
}
