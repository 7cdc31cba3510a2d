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

// Without the pages of programs and libraries, as on the board with a real kernel: those are the kernel's to drop, and a
// code path that is walked for the first time would be taken for memory that somebody holds.

/** Sets the peak of a process back to what it holds now (proc(5), `clear_refs`), and answers that. */
export function beginPeak(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return ownBytes(pid, 'VmRSS');
}

/** The most that a process has held since {@link beginPeak}. */
export function peakBytes(pid: number): number {
  return ownBytes(pid, 'VmHWM');
}

function ownBytes(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (of: string) => Number(new RegExp(`^${of}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return (kib(name) - kib('RssFile')) * 1024;
}
