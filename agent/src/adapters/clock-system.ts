import type { ClockPort } from '@ewon-agent/contracts';

/** Longest wait one timer of Node can hold (2^31 − 1 ms); longer ones would fire at once. */
const TIMER_MAX_MS = 2_147_483_647;

/** The board's own clock. */
export function createSystemClock(): ClockPort {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs, call) {
      const timer = setTimeout(call, Math.min(Math.max(0, delayMs), TIMER_MAX_MS));
      return () => clearTimeout(timer);
    },
  };
}
