import type { ClockPort, Millis } from '@ewon-agent/contracts';

/** A clock that stands still until a test lets time pass. */
export type VirtualClock = ClockPort & {
  /** Lets time pass, making every call that falls due, in order. What those calls start is given time to happen. */
  advance(ms: Millis): Promise<void>;
  /** Calls that wait for their time. */
  waiting(): number;
  /** Resolves when so many calls wait. */
  whenWaiting(count: number): Promise<void>;
  /** Resolves when no more calls than that wait. */
  whenWaitingAtMost(count: number): Promise<void>;
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
  const look = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  const when = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watcher = (): void => {
        if (!holds()) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
      watcher();
    });
  return {
    now: () => wallMs,
    monotonic: () => monotonicMs,
    after(delayMs, call) {
      const mine: Waiting = { dueMs: monotonicMs + Math.max(delayMs, 0), order: order++, call };
      waiting.push(mine);
      look();
      return () => {
        waiting = waiting.filter((w) => w !== mine);
        look();
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
        look();
        pass(Math.max(next.dueMs - monotonicMs, 0));
        next.call();
        await new Promise((resolve) => setImmediate(resolve));
      }
      pass(endMs - monotonicMs);
    },
    waiting: () => waiting.length,
    whenWaiting: (count) => when(() => waiting.length >= count),
    whenWaitingAtMost: (count) => when(() => waiting.length <= count),
    jump: (ms) => {
      wallMs += ms;
    },
  };
}
