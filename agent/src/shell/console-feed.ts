import { type ClockPort, type LogPort, MINUTE_MS } from '@ewon-agent/contracts';
import {
  type DebugTopic,
  debugLine,
  FRESH_PACE,
  isAbout,
  type LogFact,
  leftOutLine,
  paced,
} from '../core/console/debug.ts';

/** What the agent logs, for consoles that want to see it as it comes. */
export type ConsoleFeed = {
  /**
   * Tells lines about a topic, a few a second, until it is stopped or the minutes are over. Lines are ASCII and hold no secrets.
   * @param told must not throw
   * @param more.isFull whoever reads does not keep up: lines are counted, not told
   * @param more.ended called once when the minutes are over, not when it is stopped
   * @returns stops it
   */
  subscribe(
    topic: DebugTopic,
    minutes: number,
    told: (line: string) => void,
    more?: { isFull?(): boolean; ended?(): void },
  ): () => void;
};

/** More consoles than a board has lines; what is beyond is refused by silence of none: the oldest ends. */
const LISTENERS_MAX = 16;

/**
 * Puts itself before a log: what is written goes to the log, and to whoever has asked for it, whatever level is written there.
 * Nothing is made of a fact as long as nobody listens.
 */
export function createConsoleFeed(
  log: LogPort,
  clock: Pick<ClockPort, 'after' | 'monotonic'>,
): { readonly log: LogPort; readonly feed: ConsoleFeed } {
  const listeners = new Set<{ fact(fact: LogFact): void; stop(): void }>();
  return {
    log: {
      write(level, area, msg, fields = {}) {
        log.write(level, area, msg, fields);
        for (const listener of listeners) listener.fact({ level, area, msg, fields });
      },
    },
    feed: {
      subscribe(topic, minutes, told, { isFull = () => false, ended } = {}) {
        let pace = FRESH_PACE;
        const listener = {
          fact(fact: LogFact) {
            if (!isAbout(topic, fact)) return;
            const [next, lines] = paced(pace, debugLine(fact), { steadyMs: clock.monotonic(), isFull: isFull() });
            pace = next;
            for (const line of lines) told(line);
          },
          stop() {
            listeners.delete(listener);
            cancel();
          },
        };
        const cancel = clock.after(minutes * MINUTE_MS, () => {
          listener.stop();
          if (pace.leftOut > 0) told(leftOutLine(pace.leftOut));
          ended?.();
        });
        listeners.add(listener);
        const [oldest] = listeners;
        if (listeners.size > LISTENERS_MAX) oldest?.stop();
        return listener.stop;
      },
    },
  };
}
