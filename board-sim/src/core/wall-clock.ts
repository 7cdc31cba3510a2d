import { DAY_MS, type Millis } from '@ewon-agent/contracts';

// The wall clock of a board: this machine's, and how far it is ahead of it (negative: behind).

/** What the clock of a board without a battery shows when the power comes. */
export const LOST_MS: Millis = 0; // 1970-01-01T00:00:00Z
/** The end of the kernel's own time, April 2262, is further than anybody needs; no kernel takes a time before 1970. */
const LAST_MS: Millis = 84_000 * DAY_MS; // late in 2199

/** Tells whether a clock that is so far ahead shows a time that a kernel can be set to. */
export function isPossible(aheadMs: Millis, nowMs: Millis): boolean {
  return nowMs + aheadMs >= LOST_MS && nowMs + aheadMs < LAST_MS;
}

/** Words how far the clock is ahead as libfaketime reads it: `+` or `-` and seconds (its README, "Using offsets for relative dates"). */
export function faketimeOffset(aheadMs: Millis): string {
  return `${aheadMs < 0 ? '-' : '+'}${(Math.abs(aheadMs) / 1000).toFixed(3)}`;
}
