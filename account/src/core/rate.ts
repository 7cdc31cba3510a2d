import { type Millis, SECOND_MS } from '@ewon-agent/contracts';

/** How many requests a source network may send: `perSecond` in the long run, `burst` at once. */
export type Rate = { readonly perSecond: number; readonly burst: number };
/** What is left of the burst, as of a moment of the monotonic clock. */
export type Bucket = { readonly tokens: number; readonly atMs: Millis };

/** Takes one request out of a bucket; undefined is a full one. `waitMs` is set when it must be refused. */
export function takeToken(
  bucket: Bucket | undefined,
  rate: Rate,
  monotonicMs: Millis,
): { readonly bucket: Bucket; readonly waitMs?: Millis } {
  const refilled = bucket
    ? Math.min(rate.burst, bucket.tokens + ((monotonicMs - bucket.atMs) / SECOND_MS) * rate.perSecond)
    : rate.burst;
  if (refilled >= 1) return { bucket: { tokens: refilled - 1, atMs: monotonicMs } };
  return {
    bucket: { tokens: refilled, atMs: monotonicMs },
    waitMs: Math.ceil(((1 - refilled) / rate.perSecond) * SECOND_MS),
  };
}

/** Tells whether a bucket has filled up again, so that it need not be remembered. */
export function isFull(bucket: Bucket, rate: Rate, monotonicMs: Millis): boolean {
  return bucket.tokens + ((monotonicMs - bucket.atMs) / SECOND_MS) * rate.perSecond >= rate.burst;
}
