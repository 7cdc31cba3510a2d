import { DAY_MS, HOUR_MS, MINUTE_MS, type Millis } from '@ewon-agent/contracts';

/** What was accepted lately, by the minute. Times are of the monotonic clock. */
export type Produced = {
  /** Since when it has been watched. */
  readonly sinceMs: Millis;
  readonly minutes: readonly { readonly fromMs: Millis; readonly bytes: number }[];
};

/** How far back the present rate looks: what is done each quarter of an hour is in it. */
const WINDOW_MS: Millis = HOUR_MS;
/** A rate of less than this says more about the start than about the device. */
const WATCHED_MIN_MS: Millis = 5 * MINUTE_MS;

/** Begins to watch. */
export function nothingProduced(nowMs: Millis): Produced {
  return { sinceMs: nowMs, minutes: [] };
}

/** Adds what was accepted just now, and forgets what is older than an hour. */
export function withProduced(produced: Produced, nowMs: Millis, bytes: number): Produced {
  const minutes = produced.minutes.filter(({ fromMs }) => fromMs > nowMs - WINDOW_MS);
  const last = minutes.at(-1);
  if (last === undefined || nowMs >= last.fromMs + MINUTE_MS) minutes.push({ fromMs: nowMs, bytes });
  else minutes[minutes.length - 1] = { fromMs: last.fromMs, bytes: last.bytes + bytes };
  return { ...produced, minutes };
}

/**
 * Estimates for how many hours what comes at the present rate has room, before something must be given up.
 * @returns undefined while nothing is produced, or it has been watched for less than five minutes
 */
export function offlineHours(produced: Produced, nowMs: Millis, freeBytes: number): number | undefined {
  const watchedMs = Math.min(nowMs - produced.sinceMs, WINDOW_MS);
  if (watchedMs < WATCHED_MIN_MS) return undefined;
  const bytes = produced.minutes
    .filter(({ fromMs }) => fromMs > nowMs - WINDOW_MS)
    .reduce((sum, minute) => sum + minute.bytes, 0);
  return bytes === 0 ? undefined : (Math.max(0, freeBytes) * watchedMs) / bytes / HOUR_MS;
}

/**
 * Extrapolates a count to a day.
 * @returns a whole number; undefined when it was counted for less than five minutes
 */
export function perDay(counted: number, overMs: Millis): number | undefined {
  return overMs < WATCHED_MIN_MS ? undefined : Math.round((counted * DAY_MS) / overMs);
}
