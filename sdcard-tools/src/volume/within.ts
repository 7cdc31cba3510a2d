import { err, type Result } from '@ewon-agent/contracts';

/**
 * Waits for work on a medium, but not for ever: a bad card may keep the kernel busy for minutes.
 * The work itself cannot be stopped; a request that is in flight ends when the kernel says so, and `signal` keeps more from following.
 * Codes: CARD_UNREADABLE when time is over, those of the work otherwise.
 */
export async function within<T>(timeMs: number, work: (signal: AbortSignal) => Promise<Result<T>>): Promise<Result<T>> {
  const stop = new AbortController();
  const late = Promise.withResolvers<Result<T>>();
  const timer = setTimeout(() => {
    stop.abort();
    late.resolve(err('CARD_UNREADABLE', `no answer within ${timeMs} ms`));
  }, timeMs);
  try {
    return await Promise.race([work(stop.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
