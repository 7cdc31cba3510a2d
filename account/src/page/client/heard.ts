import type { Ewon } from './api-types.ts';

/**
 * Ewons that said something or were changed, for whoever shows some of them. Thousands may in a second: they are told once for each
 * frame that is drawn, each as it is by then.
 */
export type Heard = {
  /** @returns ends it */
  listen(listener: (rows: readonly Ewon[]) => void): () => void;
};

/** @param soon calls once, when the next frame is drawn */
export function createHeard(soon: (call: () => void) => void): Heard & { tell(row: Ewon): void } {
  const listeners = new Set<(rows: readonly Ewon[]) => void>();
  const waiting = new Map<string, Ewon>();
  const flush = () => {
    const rows = [...waiting.values()];
    waiting.clear();
    for (const listener of [...listeners]) listener(rows);
  };
  return {
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(row) {
      if (waiting.size === 0) soon(flush);
      waiting.set(row.deviceId, row);
    },
  };
}

/** A page that nobody sees draws no frames. */
const UNSEEN_MS = 1000;

/** Calls when the next frame is drawn, or after a second when none is. */
export function atNextFrame(call: () => void): void {
  const once = () => {
    window.cancelAnimationFrame(frame);
    window.clearTimeout(timer);
    call();
  };
  const frame = window.requestAnimationFrame(once);
  const timer = window.setTimeout(once, UNSEEN_MS);
}

/** Makes of a call one that is carried out at once, and then at most once in so many milliseconds; what comes too soon is not lost. */
export function atMostEvery(ms: number, call: () => void): () => void {
  let resting = false;
  let again = false;
  const run = () => {
    resting = true;
    again = false;
    call();
    window.setTimeout(() => {
      resting = false;
      if (again) run();
    }, ms);
  };
  return () => {
    if (resting) again = true;
    else run();
  };
}
