import type { Cancel, ClockPort } from '@ewon-agent/contracts';

/** By then what a start or a registration had to do is done. */
const IDLE_MS = 60_000;

/**
 * Has what a burst of work left in memory given back once it is over. An agent that idles makes so little garbage that its
 * collector would not run for hours, and a small board shares its memory with others.
 * @param collect frees what is not used; takes some 20 ms on a PC, once for each burst
 */
export function createTidy(clock: Pick<ClockPort, 'after'>, collect: () => void): { worked(): void; stop(): void } {
  let rest: Cancel = () => {};
  return {
    worked() {
      rest();
      rest = clock.after(IDLE_MS, collect);
    },
    stop: () => rest(),
  };
}
