import type { Cancel, ClockPort } from '@ewon-agent/contracts';

/** A clock that the test moves. */
export function testClock() {
  let nowMs = 1000;
  const waiting = new Set<{ dueMs: number; call: () => void }>();
  const clock: ClockPort = {
    now: () => nowMs,
    monotonic: () => nowMs,
    after(delayMs, call): Cancel {
      const item = { dueMs: nowMs + delayMs, call };
      waiting.add(item);
      return () => void waiting.delete(item);
    },
  };
  const pass = (ms: number) => {
    nowMs += ms;
    for (const item of [...waiting].filter(({ dueMs }) => dueMs <= nowMs)) {
      waiting.delete(item);
      item.call();
    }
  };
  return { clock, pass };
}
