import type { ClockPort, Millis } from '@ewon-agent/contracts';
import { type Bucket, isFull, type Rate, takeToken } from '../core/rate.ts';

/** One bucket for each key: a network, or a registration key with what was said of it. */
export type Buckets = {
  /** @returns how long to wait when the bucket is empty; undefined when something was taken out of it */
  take(key: string): Millis | undefined;
};

/** Keys remembered at once. Beyond that the full buckets go, then the oldest: 10,000 of them are about 1 MB. */
const KEYS_KEPT = 10_000;

/** Makes buckets that all fill at one rate. */
export function createBuckets(clock: Pick<ClockPort, 'monotonic'>, rate: Rate): Buckets {
  const buckets = new Map<string, Bucket>();
  const makeRoom = (nowMs: Millis): void => {
    for (const [key, bucket] of buckets) if (isFull(bucket, rate, nowMs)) buckets.delete(key);
    for (const key of buckets.keys()) {
      if (buckets.size < KEYS_KEPT) return;
      buckets.delete(key);
    }
  };
  return {
    take(key) {
      const nowMs = clock.monotonic();
      const { bucket, waitMs } = takeToken(buckets.get(key), rate, nowMs);
      if (!buckets.has(key) && buckets.size >= KEYS_KEPT) makeRoom(nowMs);
      buckets.set(key, bucket);
      return waitMs;
    },
  };
}
