import type { ClockPort, Millis } from '@ewon-agent/contracts';

/** A clock that stands still until a test lets time pass. */
export type VirtualClock = ClockPort & {
  /** Lets time pass, making every call that falls due, in order. What those calls start is given time to happen. */
  advance(ms: Millis): Promise<void>;
  /** Calls that wait for their time. */
  waiting(): number;
  /** Resolves when so many calls wait. */
  whenWaiting(count: number): Promise<void>;
  /** Moves the wall clock only. */
  jump(ms: Millis): void;
};

type Waiting = { readonly dueMs: Millis; readonly order: number; readonly call: () => void };

/** @param startMs what the wall clock shows first */
export function createVirtualClock(startMs: Millis): VirtualClock {
  let [wallMs, monotonicMs, order] = [startMs, 0, 0];
  let waiting: Waiting[] = [];
  const watchers = new Set<() => void>();
  const pass = (ms: Millis): void => {
    wallMs += ms;
    monotonicMs += ms;
  };
  return {
    now: () => wallMs,
    monotonic: () => monotonicMs,
    after(delayMs, call) {
      const mine: Waiting = { dueMs: monotonicMs + Math.max(delayMs, 0), order: order++, call };
      waiting.push(mine);
      for (const look of [...watchers]) look();
      return () => {
        waiting = waiting.filter((w) => w !== mine);
      };
    },
    async advance(ms) {
      const endMs = monotonicMs + ms;
      for (;;) {
        const [next] = waiting
          .filter((w) => w.dueMs <= endMs)
          .toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order);
        if (!next) break;
        waiting = waiting.filter((w) => w !== next);
        pass(Math.max(next.dueMs - monotonicMs, 0));
        next.call();
        await new Promise((resolve) => setImmediate(resolve));
      }
      pass(endMs - monotonicMs);
    },
    waiting: () => waiting.length,
    whenWaiting: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (waiting.length < count) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    jump: (ms) => {
      wallMs += ms;
    },
  };
}
