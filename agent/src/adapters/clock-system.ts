import type { ClockPort, Millis } from '@ewon-agent/contracts';

/** Longest wait one timer of Node can hold (2^31 − 1 ms); longer ones would fire at once. */
const TIMER_MAX_MS = 2_147_483_647;
/** Node counts whole milliseconds and may fire up to one early by the clock that we measure with. */
const EARLY_MS = 1;

/**
 * The board's own clock.
 * @param late is told with each call how late it is made, 0 or more
 */
export function createSystemClock(late: (lateMs: Millis) => void = () => {}): ClockPort {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs, call) {
      let timer: NodeJS.Timeout;
      const dueMs = performance.now() + Math.max(0, delayMs);
      const made = () => {
        late(Math.max(0, performance.now() - dueMs - 2 * EARLY_MS)); // one more is what Node rounds up to
        call();
      };
      const wait = (leftMs: Millis) => {
        const stepMs = Math.min(leftMs, TIMER_MAX_MS);
        timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : made()), stepMs);
      };
      wait(Math.ceil(Math.max(0, delayMs)) + EARLY_MS);
      return () => clearTimeout(timer);
    },
  };
}
