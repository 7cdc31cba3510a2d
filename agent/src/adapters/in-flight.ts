import type { Millis } from '@ewon-agent/contracts';

/** Lets so many in at a time, and the others when one has left, in their order. */
export type Window = {
  /** Begins at once, or when there is room. */
  enter(begin: () => void): void;
  leave(): void;
  resize(size: number): void;
};

/** @param size as many may be in; what waits is not limited, who calls must be */
export function createWindow(size: number): Window {
  const waiting: (() => void)[] = [];
  let limit = size;
  let inside = 0;
  const letIn = () => {
    while (inside < limit && waiting.length > 0) {
      inside += 1;
      waiting.shift()?.();
    }
  };
  return {
    enter(begin) {
      waiting.push(begin);
      letIn();
    },
    leave() {
      inside -= 1;
      letIn();
    },
    resize(next) {
      limit = Math.max(1, next);
      letIn();
    },
  };
}

/** Runs out when answers are expected and none comes. */
export type Patience = { expect(): void; heard(): void; end(): void };

/**
 * @param lost called once, when an answer was expected and nothing was heard for `forMs` to twice that long. It costs a
 *   look at the clock each `forMs`, whatever is sent
 */
export function createPatience(forMs: Millis, lost: () => void): Patience {
  let expected = 0;
  let isHeard = false;
  let isLooking = false;
  let isOver = false;
  const look = () => {
    isLooking = false;
    if (isOver || expected === 0) return;
    if (!isHeard) return lost();
    lookLater(); // slow lines are slow
  };
  const lookLater = () => {
    isHeard = false;
    isLooking = true;
    AbortSignal.timeout(forMs).addEventListener('abort', look);
  };
  return {
    expect() {
      expected += 1;
      if (!isLooking) lookLater();
    },
    heard() {
      expected -= 1;
      isHeard = true;
    },
    end() {
      isOver = true;
    },
  };
}
