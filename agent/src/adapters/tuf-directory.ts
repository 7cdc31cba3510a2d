import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { err, KIB, ok, type Result } from '@ewon-agent/contracts';
import { errorCodeOf } from './tls-fault.ts';
import type { TufAnswer, TufBody, TufOrder, TufSource } from './tuf-source.ts';

const PIECE_BYTES = 64 * KIB;
const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** A repository in a directory, as that of a card that is mounted. Its files are read, whatever they are called in it. */
export function directoryTufSource(dir: string): TufSource {
  return {
    async open(path, { signal, from = 0 }) {
      try {
        const inside = normalize(decodeURIComponent(path));
        if (inside.startsWith('/') || inside.split('/').includes('..')) return ok({ is: 'missing' });
        if (signal.aborted) return err('PATCH_STOPPED');
        const file = await open(join(dir, inside), constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would be waited for
        return ok(await answerOf(file, { signal, from }));
      } catch (cause) {
        return MISSING.has(errorCodeOf(cause) ?? '') ? ok({ is: 'missing' }) : unreadable(path, cause);
      }
    },
  };
}

async function answerOf(file: FileHandle, { signal, from = 0 }: TufOrder): Promise<TufAnswer> {
  const stat = await file.stat();
  const begin = stat.isFile() ? from : Number.POSITIVE_INFINITY;
  if (!stat.isFile() || begin > stat.size) {
    await file.close();
    return { is: stat.isFile() ? 'past its end' : 'missing' };
  }
  return { is: 'open', ...bodyOf(file, { signal, from: begin, size: stat.size }) };
}

type Reading = { readonly signal: AbortSignal; readonly from: number; readonly size: number };

function bodyOf(file: FileHandle, { signal, from, size }: Reading): TufBody {
  let at = from;
  return {
    from,
    totalBytes: size,
    async next() {
      if (signal.aborted) return err('PATCH_STOPPED');
      try {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(PIECE_BYTES), position: at });
        at += bytesRead;
        return ok(bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead));
      } catch (cause) {
        return unreadable('a file', cause);
      }
    },
    close() {
      void file.close().catch(() => {}); // it was read only: nothing is lost
    },
  };
}

function unreadable(path: string, cause: unknown): Result<never> {
  return err('TUF_UNREACHABLE', `${path} cannot be read: ${errorCodeOf(cause) ?? 'error'}`, cause);
}
