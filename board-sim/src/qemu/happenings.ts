import type { Millis } from '@ewon-agent/contracts';

/** What happened, oldest first, and a way to wait for more. */
export type Happenings<T> = {
  readonly all: readonly T[];
  add(entry: T): void;
  /** The first entry that matches: among those since `from` (an index; everything by default), else the next one. */
  until(match: (entry: T) => boolean, wait: HappeningsWait): Promise<T>;
};
export type HappeningsWait = { readonly what: string; readonly timeoutMs: Millis; readonly from?: number };

/** Makes an empty record. `shown` says an entry for the error of a wait that was in vain. */
export function createHappenings<T>(shown: (entry: T) => string): Happenings<T> {
  const all: T[] = [];
  const waiting = new Set<(entry: T) => void>();
  return {
    all,
    add(entry) {
      all.push(entry);
      for (const look of [...waiting]) look(entry);
    },
    until(match, { what, timeoutMs, from = 0 }) {
      const past = all.slice(from).find(match);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          const last = all.slice(-5).map(shown).join('\n  ');
          reject(new Error(`not within ${timeoutMs} ms: ${what}; last:\n  ${last}`));
        }, timeoutMs);
        const look = (entry: T) => {
          if (!match(entry)) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(entry);
        };
        waiting.add(look);
      });
    },
  };
}
