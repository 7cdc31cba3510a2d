import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ClockPort, err, KIB, ok, type Patch, type PatchWatch, type Result } from '@ewon-agent/contracts';
import { type Cap, capAfter } from '../core/tuf-pace.ts';
import { errorCodeOf } from './tls-fault.ts';
import { watchPace } from './tuf-fetch.ts';
import type { TufBody, TufSource } from './tuf-source.ts';

/** What a power cut may take back of a download, and what pieces that were read may take of memory; more often, it would take longer. */
const FLUSH_BYTES = 2048 * KIB;
/** What the rest of the agent is left with. */
const ROOM_LEFT_BYTES = 1024 * KIB;

export type DownloadJob = {
  readonly patch: Pick<Patch, 'length' | 'sha256'>;
  /** Where it will be. What is here of it is beside, with `.part` after the name: that is the hash, so nothing else is in it. */
  readonly file: string;
  readonly source: TufSource;
  /** Of the source. */
  readonly place: string;
  readonly clock: ClockPort;
  readonly rateBytesPerSecond?: number | undefined;
  readonly watch: PatchWatch;
  /** Pieces come from outside of the heap, so Node would let them pile up for as long as the patch is. */
  readonly collectGarbage?: (() => void) | undefined;
};

/**
 * Brings a file, or what is missing of it, and puts it in its place once it is whole, is what was signed, and is on the disk.
 * Memory: as much as is flushed at once, however long it is.
 * Codes: TUF_TARGET_WRONG and TUF_ENDLESS (what is here was thrown away), TUF_SLOW, TUF_UNREACHABLE, PATCH_STOPPED (what is here
 * stays), PATCH_NO_ROOM, STATE_UNWRITABLE.
 */
export async function downloadPatch(job: DownloadJob): Promise<Result<{ readonly file: string }>> {
  const part = `${job.file}.part`;
  let handle: FileHandle | undefined;
  try {
    if (await isPatchIn(job.file, job.patch)) return ok({ file: job.file });
    await rm(job.file, { force: true }); // not what its name says
    handle = await open(part, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    const brought = await bring(job, part, handle);
    if (!brought.ok) {
      const isSpoilt = brought.fault.code === 'TUF_TARGET_WRONG' || brought.fault.code === 'TUF_ENDLESS';
      if (isSpoilt) await rm(part, { force: true });
      return brought;
    }
    await handle.sync();
    await rename(part, job.file);
    await flushDirectory(dirname(job.file));
    return ok({ file: job.file });
  } catch (cause) {
    const code = errorCodeOf(cause);
    if (code !== 'ENOSPC' && code !== 'EDQUOT') return err('STATE_UNWRITABLE', `${part}: ${code ?? 'error'}`, cause);
    await rm(part, { force: true }).catch(() => {}); // the next call says what is wrong with the disk
    return err('PATCH_NO_ROOM', `${job.patch.length} bytes`, cause);
  } finally {
    await handle?.close().catch(() => {}); // all of it was flushed before it counted
  }
}

/** Tells whether a file is here and is the patch. Throws errors of the file system. */
export async function isPatchIn(file: string, patch: Pick<Patch, 'length' | 'sha256'>): Promise<boolean> {
  const found = await stat(file).catch(() => undefined); // not there, or that is found out when it is written
  if (found?.size !== patch.length) return false;
  const hash = createHash('sha256');
  await hashFile(file, hash);
  return hash.digest('hex') === patch.sha256;
}

async function bring(job: DownloadJob, part: string, handle: FileHandle): Promise<Result<void>> {
  const { patch, watch } = job;
  let here = (await handle.stat()).size;
  let hash: Hash = createHash('sha256');
  const anew = async () => {
    await handle.truncate(0);
    here = 0;
    hash = createHash('sha256');
  };
  if (here > patch.length) await anew();
  if (here > 0) await hashFile(part, hash);
  if (here < patch.length) {
    if (watch.signal.aborted) return err('PATCH_STOPPED');
    const missing = patch.length - here;
    const { bavail, bsize } = await statfs(dirname(job.file));
    if (bavail * bsize < missing + ROOM_LEFT_BYTES) return err('PATCH_NO_ROOM', `${missing} bytes are missing`);
    let body = await opened(job, here);
    if (body.ok && here > 0 && body.value?.from !== here) {
      await anew(); // the source does not go on, or has no more than is here: another file, or a simple server
      if (!body.value) body = await opened(job, 0);
    }
    if (!body.ok) return body;
    if (!body.value) return err('TUF_UNREACHABLE', `${job.place} ends before its begin`);
    watch.received(here);
    const poured = await pour(job, body.value, { handle, hash, here }).finally(() => body.ok && body.value?.close());
    if (!poured.ok) return poured;
  }
  return hash.digest('hex') === patch.sha256 ? ok(undefined) : err('TUF_TARGET_WRONG', `${job.place}: another SHA-256`);
}

/** Undefined when the source has nothing after what is here. */
async function opened(
  { source, place, patch, watch }: DownloadJob,
  from: number,
): Promise<Result<TufBody | undefined>> {
  const answer = await source.open(place, { signal: watch.signal, from });
  if (!answer.ok) return answer.fault.code === 'TUF_MALFORMED' ? err('TUF_TARGET_WRONG', answer.fault.detail) : answer;
  if (answer.value.is === 'missing') return err('TUF_UNREACHABLE', `${place} is not there`);
  if (answer.value.is !== 'open') return ok(undefined);
  const { totalBytes = patch.length } = answer.value;
  if (totalBytes === patch.length) return ok(answer.value);
  answer.value.close();
  const detail = `${place} has ${totalBytes} bytes, ${patch.length} were signed`;
  return err(totalBytes > patch.length ? 'TUF_ENDLESS' : 'TUF_TARGET_WRONG', detail);
}

type Place = { readonly handle: FileHandle; readonly hash: Hash; readonly here: number };

async function pour(job: DownloadJob, body: TufBody, { handle, hash, here }: Place): Promise<Result<void>> {
  const { patch, watch, clock, place, rateBytesPerSecond } = job;
  const next = watchPace(body, clock);
  let at = here;
  let flushedAt = here;
  let cap: Cap | undefined;
  for (;;) {
    const piece = await next();
    if (watch.signal.aborted) return err('PATCH_STOPPED');
    if (!piece.ok) return piece;
    if (!piece.value) {
      return at === patch.length ? ok(undefined) : err('TUF_UNREACHABLE', `${place} ended at ${at} of ${patch.length}`);
    }
    if (at + piece.value.length > patch.length)
      return err('TUF_ENDLESS', `${place} is longer than the ${patch.length} bytes that were signed`);
    for (let done = 0; done < piece.value.length; ) {
      const { bytesWritten } = await handle.write(piece.value, done, piece.value.length - done, at + done);
      done += bytesWritten;
    }
    hash.update(piece.value);
    at += piece.value.length;
    if (at - flushedAt >= FLUSH_BYTES) {
      await handle.datasync();
      flushedAt = at;
      job.collectGarbage?.();
    }
    watch.received(at);
    if (rateBytesPerSecond === undefined) continue;
    const paid = capAfter(cap, { nowMs: clock.monotonic(), bytes: piece.value.length, rateBytesPerSecond });
    cap = paid;
    if (paid.waitMs > 0 && at < patch.length) await pause(clock, paid.waitMs, watch.signal);
  }
}

/** Nothing is asked for while it lasts, so the other side fills its buffers and stops. */
function pause(clock: ClockPort, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(waitMs, done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

async function hashFile(path: string, hash: Hash): Promise<void> {
  for await (const piece of createReadStream(path)) hash.update(piece);
}

async function flushDirectory(path: string): Promise<void> {
  const dir = await open(path, constants.O_RDONLY);
  await dir.sync();
  await dir.close();
}
