import { networkInterfaces } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { SelfFacts } from '../shell/link-session.ts';

/** How often the loop's lag is sampled: seldom, because each sample wakes an idle board. */
const LAG_SAMPLE_MS = 1000;

/** Measures this process. `eventLoopLagMs` is the longest seen since the last call. */
export function createUsageMeter(): SelfFacts['usage'] {
  const delay = monitorEventLoopDelay({ resolution: LAG_SAMPLE_MS });
  delay.enable();
  return () => {
    const lagMs = Math.max(0, delay.max / 1e6 - LAG_SAMPLE_MS);
    delay.reset();
    const { user, system } = process.cpuUsage();
    return {
      rssBytes: process.memoryUsage.rss(),
      cpuMs: Math.round((user + system) / 1000),
      eventLoopLagMs: Number.isFinite(lagMs) ? Math.round(lagMs * 10) / 10 : 0,
      uptimeMs: Math.round(process.uptime() * 1000),
    };
  };
}

/** The hardware addresses of this board, for the person who approves. */
export function macAddresses(): readonly string[] {
  const found = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [...new Set(found.filter((i) => !i.internal).map((i) => i.mac))].slice(0, 16);
}
