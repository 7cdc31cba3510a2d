import { type Millis, SECOND_MS } from '@ewon-agent/contracts';

// How slow is too slow, and how fast is too fast. Time that we let the other side wait is not counted against it.

/** 100 B/s: a GPRS link in a cellar still does ten times that, and at less a firmware of 30 MiB takes four days. */
const SLOW_WINDOW_MS: Millis = 30 * SECOND_MS;
const SLOW_WINDOW_BYTES = 3000;

/** What came since the last time that enough had come, and how long was waited for it. */
export type Pace = { readonly waitedMs: Millis; readonly bytes: number };

export const PACE_START: Pace = { waitedMs: 0, bytes: 0 };

/** How much longer the next bytes may take. */
export function patienceMs(pace: Pace): Millis {
  return Math.max(0, SLOW_WINDOW_MS - pace.waitedMs);
}

/** Takes note of bytes that came; undefined when too few came for how long was waited. */
export function paceAfter(pace: Pace, waitedMs: Millis, bytes: number): Pace | undefined {
  const sum = { waitedMs: pace.waitedMs + waitedMs, bytes: pace.bytes + bytes };
  if (sum.bytes >= SLOW_WINDOW_BYTES) return PACE_START;
  return sum.waitedMs >= SLOW_WINDOW_MS ? undefined : sum;
}

/** What may be made up after a pause, and the least worth waiting for: timers are no finer. */
const CATCH_UP_MS: Millis = SECOND_MS;
const WORTH_MS: Millis = 10;

/** Until when what came pays for itself, by the clock that does not jump. */
export type Cap = { readonly paidUntilMs: Millis };

/** Takes note of bytes; `waitMs` is how long nothing may be asked for now. */
export function capAfter(
  cap: Cap | undefined,
  {
    nowMs,
    bytes,
    rateBytesPerSecond,
  }: { readonly nowMs: Millis; readonly bytes: number; readonly rateBytesPerSecond: number },
): Cap & { readonly waitMs: Millis } {
  const from = Math.max(cap?.paidUntilMs ?? nowMs, nowMs - CATCH_UP_MS);
  const paidUntilMs = from + (bytes / rateBytesPerSecond) * SECOND_MS;
  const aheadMs = paidUntilMs - nowMs;
  return { paidUntilMs, waitMs: aheadMs >= WORTH_MS ? aheadMs : 0 };
}
