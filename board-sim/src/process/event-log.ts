import type { Millis, Timestamp } from '@ewon-agent/contracts';
import type { BoardEvent } from '../core/board-event.ts';

/** An event and when the board told it. */
export type TimedEvent = BoardEvent & { readonly at: Timestamp };

export type Wait = {
  /** For the error: what was waited for. */
  readonly what: string;
  /** A minute unless told: only what does not come at all takes it. */
  readonly timeoutMs?: Millis;
};

/** What a board told, from its first event on. */
export type EventLog = {
  readonly all: readonly TimedEvent[];
  /** Tells every event from now on. @returns ends the subscription */
  subscribe(tell: (event: TimedEvent) => void): () => void;
  /** The first event that matches: among those since `from` (a length of `all`; everything by default), else the next one. */
  until(match: (event: TimedEvent) => boolean, wait: Wait & { readonly from?: number }): Promise<TimedEvent>;
};

/** Makes an empty log. `add` appends; `end` fails whoever waits, now and later. */
export function createEventLog(): EventLog & { add(event: TimedEvent): void; end(why: string): void } {
  const all: TimedEvent[] = [];
  const told = new Set<(event: TimedEvent) => void>();
  const ended = new Set<(why: string) => void>();
  let over: string | undefined;
  const subscribe = (tell: (event: TimedEvent) => void) => {
    told.add(tell);
    return () => void told.delete(tell);
  };
  return {
    all,
    subscribe,
    add(event) {
      all.push(event);
      for (const tell of [...told]) tell(event);
    },
    end(why) {
      over = why;
      for (const fail of [...ended]) fail(why);
    },
    until(match, { what, timeoutMs = 60_000, from = 0 }) {
      const past = all.slice(from).find(match);
      if (past) return Promise.resolve(past);
      if (over !== undefined) return Promise.reject(new Error(`${over}, and never: ${what}`));
      return new Promise((resolve, reject) => {
        const fail = (why: string) => {
          end();
          reject(new Error(`${why}: ${what}; last events: ${JSON.stringify(all.slice(-5))}`));
        };
        const late = setTimeout(() => fail(`not within ${timeoutMs} ms`), timeoutMs);
        const unsubscribe = subscribe((event) => {
          if (!match(event)) return;
          end();
          resolve(event);
        });
        const end = () => {
          clearTimeout(late);
          unsubscribe();
          ended.delete(fail);
        };
        ended.add(fail);
      });
    },
  };
}
