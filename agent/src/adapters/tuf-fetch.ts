import { type ClockPort, err, ok, type Result } from '@ewon-agent/contracts';
import { PACE_START, type Pace, paceAfter, patienceMs } from '../core/tuf-pace.ts';
import type { TufAnswer, TufBody, TufSource } from './tuf-source.ts';

/** A body whose pieces come fast enough. Codes: TUF_SLOW, besides those of the body. */
export function watchPace(body: TufBody, clock: ClockPort): () => Promise<Result<Uint8Array | undefined>> {
  let pace: Pace = PACE_START;
  return async () => {
    const askedMs = clock.monotonic();
    let cancel = () => {};
    const late = new Promise<'late'>((resolve) => {
      cancel = clock.after(patienceMs(pace), () => resolve('late'));
    });
    const got = await Promise.race([body.next(), late]);
    cancel();
    const bytes = got === 'late' || !got.ok ? 0 : (got.value?.length ?? 0);
    if (got !== 'late' && (!got.ok || !got.value)) return got;
    const next = paceAfter(pace, clock.monotonic() - askedMs, bytes);
    if (got === 'late' || !next) return err('TUF_SLOW', 'less than 100 bytes a second for half a minute');
    pace = next;
    return got;
  };
}

export type WholeOrder = { readonly signal: AbortSignal; readonly clock: ClockPort; readonly maxBytes: number };
export type Whole = Pick<TufAnswer, 'dateMs'> & { readonly bytes?: Buffer };

/**
 * Fetches a file of metadata, which fits into memory; without `bytes` it is not there.
 * Codes: TUF_UNREACHABLE, TUF_SLOW, TUF_MALFORMED, TUF_ENDLESS (longer than `maxBytes`), PATCH_STOPPED.
 */
export async function fetchWhole(source: TufSource, path: string, order: WholeOrder): Promise<Result<Whole>> {
  const opened = await source.open(path, { signal: order.signal });
  if (!opened.ok) return opened;
  const { dateMs } = opened.value;
  if (opened.value.is !== 'open') return ok({ dateMs });
  const body = opened.value;
  try {
    const bytes = await wholeOf(body, path, order);
    return bytes.ok ? ok({ dateMs, bytes: bytes.value }) : bytes;
  } finally {
    body.close();
  }
}

async function wholeOf(body: TufBody, path: string, { clock, maxBytes }: WholeOrder): Promise<Result<Buffer>> {
  const tooLong = () => err('TUF_ENDLESS', `${path} is longer than ${maxBytes} bytes`);
  if ((body.totalBytes ?? 0) > maxBytes) return tooLong();
  const next = watchPace(body, clock);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = await next();
    if (!piece.ok) return piece.fault.code === 'TUF_SLOW' ? err('TUF_SLOW', `${path}: ${piece.fault.detail}`) : piece;
    if (!piece.value) return ok(Buffer.concat(pieces));
    size += piece.value.length;
    if (size > maxBytes) return tooLong();
    pieces.push(piece.value);
  }
}
