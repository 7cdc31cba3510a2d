import { type ClockPort, type LogPort, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { createBuckets } from '../service/buckets.ts';
import type { Ignored } from './batch.ts';

/** One line for a device, channel and reason in this time: a device in a loop must not fill the log. */
const SAID_EVERY_MS = 10 * MINUTE_MS;
const RATE = { perSecond: SECOND_MS / SAID_EVERY_MS, burst: 1 };
/** Counts kept at once; beyond that all begin at 0 again. */
const COUNTS_KEPT = 10_000;

/** Says which messages are ignored, and how many more were since the line before. */
export function createIgnored(
  clock: Pick<ClockPort, 'monotonic'>,
  log: LogPort,
): (ignored: Ignored, cause?: unknown) => void {
  const buckets = createBuckets(clock, RATE);
  const unsaid = new Map<string, number>();
  return ({ why, detail, deviceId, channel }, cause) => {
    const key = `${deviceId} ${channel} ${why}`;
    const before = unsaid.get(key) ?? 0;
    if (buckets.take(key) !== undefined) {
      if (unsaid.size >= COUNTS_KEPT) unsaid.clear();
      unsaid.set(key, before + 1);
      return;
    }
    unsaid.delete(key);
    log.write(why === 'refused by the store' ? 'error' : 'warn', 'ingest', 'message ignored', {
      ...{ why, detail, deviceId, channel },
      ...(before > 0 && { before }),
      ...(cause !== undefined && { cause: String(cause) }),
    });
  };
}
