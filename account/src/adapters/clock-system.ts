import type { ClockPort } from '@ewon-agent/contracts';

/** setTimeout takes at most 2^31 − 1 ms (24.8 days) and calls at once beyond that. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of the machine. What waits does not keep the process alive; its listeners do. */
export function createClockSystem(): ClockPort {
  const monotonic = () => performance.now();
  return {
    now: () => Date.now(),
    monotonic,
    after(delayMs, call) {
      const dueMs = monotonic() + delayMs;
      let timer: NodeJS.Timeout;
      const arm = (leftMs: number): void => {
        timer = setTimeout(look, Math.min(leftMs, LONGEST_TIMER_MS));
        timer.unref();
      };
      const look = (): void => {
        // rounded up: a timer may fire up to a millisecond early by the monotonic clock
        const leftMs = Math.ceil(dueMs - monotonic());
        if (leftMs <= 0) call();
        else arm(leftMs);
      };
      arm(Math.max(delayMs, 0));
      return () => clearTimeout(timer);
    },
  };
}
