import type { ClockPort, Millis } from '@ewon-agent/contracts';

/** Longest wait one timer of Node can hold (2^31 − 1 ms); longer ones would fire at once. */
const TIMER_MAX_MS = 2_147_483_647;
/** Node counts whole milliseconds and may fire up to one early by the clock that we measure with. */
const EARLY_MS = 1;

/** The board's own clock. */
export function createSystemClock(): ClockPort {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs, call) {
      let timer: NodeJS.Timeout;
      const wait = (leftMs: Millis) => {
        const stepMs = Math.min(leftMs, TIMER_MAX_MS);
        timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : call()), stepMs);
      };
      wait(Math.ceil(Math.max(0, delayMs)) + EARLY_MS);
      return () => clearTimeout(timer);
    },
  };
}
