import { networkInterfaces } from 'node:os';
import type { Millis } from '@ewon-agent/contracts';
import type { SelfFacts } from '../shell/link-session.ts';

/** Measures this process. */
export type UsageMeter = {
  /** `eventLoopLagMs` is the most that was noted since the last call. */
  readonly usage: SelfFacts['usage'];
  /** Notes how late a timer was: the agent's own timers tell of the lag, so that nothing wakes an idle board to sample it. */
  noteLag(lateMs: Millis): void;
};

/** Makes a meter that has noted nothing yet. */
export function createUsageMeter(): UsageMeter {
  let lagMs = 0;
  return {
    noteLag(lateMs) {
      lagMs = Math.max(lagMs, lateMs);
    },
    usage() {
      const { user, system } = process.cpuUsage();
      const eventLoopLagMs = Math.round(lagMs * 10) / 10;
      lagMs = 0;
      return {
        rssBytes: process.memoryUsage.rss(),
        cpuMs: Math.round((user + system) / 1000),
        eventLoopLagMs,
        uptimeMs: Math.round(process.uptime() * 1000),
      };
    },
  };
}

/** The hardware addresses of this board, for the person who approves. */
export function macAddresses(): readonly string[] {
  const found = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [...new Set(found.filter((i) => !i.internal).map((i) => i.mac))].slice(0, 16);
}
