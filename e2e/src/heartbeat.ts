import { readFileSync, writeFileSync } from 'node:fs';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { controlPath } from '@ewon-agent/agent/cli/places';
import type { AgentStatus } from '@ewon-agent/agent/core/status';
import type { Millis } from '@ewon-agent/contracts';

/** What somebody sees who asks the agent all the time. */
export type Heartbeat = {
  /** The newest answer. */
  readonly status: AgentStatus | undefined;
  /** The longest time without an answer, since the start or the last {@link Heartbeat.begin}. */
  longestSilenceMs(): Millis;
  begin(): void;
  stop(): Promise<void>;
};

/** An answer takes a few milliseconds; twenty times a second is enough to see a silence of one. */
const PAUSE_MS = 50;

/** Asks an agent for its status at its control socket, again and again, and keeps how long it was silent. */
export function listenToHeart(stateDir: string): Heartbeat {
  const path = controlPath(stateDir);
  let last = performance.now();
  let longest = 0;
  let stopped = false;
  let status: AgentStatus | undefined;
  const silence = () => Math.max(longest, performance.now() - last);
  const listening = (async () => {
    while (!stopped) {
      const answer = await askControl(path, 'status');
      if (answer.ok) {
        longest = silence();
        last = performance.now();
        status = answer.value as AgentStatus;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return {
    get status() {
      return status;
    },
    longestSilenceMs: silence,
    begin() {
      longest = 0;
      last = performance.now();
    },
    async stop() {
      stopped = true;
      await listening;
    },
  };
}

/** Sets the peak of a process back to what it holds now (proc(5), `clear_refs`), and answers that. */
export function beginPeak(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return bytesOf(pid, 'VmRSS');
}

/** The most that a process has held since {@link beginPeak}. */
export function peakBytes(pid: number): number {
  return bytesOf(pid, 'VmHWM');
}

function bytesOf(pid: number, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(found) * 1024;
}
