import { readFileSync, writeFileSync } from 'node:fs';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { controlPath } from '@ewon-agent/agent/cli/places';
import type { AgentStatus } from '@ewon-agent/agent/core/status';
import type { Millis } from '@ewon-agent/contracts';

/** What somebody sees who asks the agent all the time. */
export type Heartbeat = {
  /** The newest answer. */
  readonly status: AgentStatus | undefined;
  /** A clock that stands still while the agent or who asks it could run, and others have the processors. */
  nowMs(): Millis;
  /** The longest time without an answer, by that clock, since the start or the last {@link Heartbeat.begin}. */
  longestSilenceMs(): Millis;
  begin(): void;
  stop(): Promise<void>;
};

/** An answer takes a few milliseconds; twenty times a second is enough to see a silence of one. */
const PAUSE_MS = 50;

/**
 * Asks an agent for its status at its control socket, again and again, and keeps how long it was silent.
 * @param pid of the agent that runs now
 */
export function listenToHeart(stateDir: string, pid: () => number): Heartbeat {
  const path = controlPath(stateDir);
  const nowMs = () => performance.now() - starvedMs(process.pid) - starvedMs(pid());
  let last = nowMs();
  let longest = 0;
  let stopped = false;
  let status: AgentStatus | undefined;
  const silence = () => Math.max(longest, nowMs() - last);
  const listening = (async () => {
    while (!stopped) {
      const answer = await askControl(path, 'status');
      if (answer.ok) {
        longest = silence();
        last = nowMs();
        status = answer.value as AgentStatus;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return {
    get status() {
      return status;
    },
    nowMs,
    longestSilenceMs: silence,
    begin() {
      longest = 0;
      last = nowMs();
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

/** How long the main thread of a process has waited for a processor in all (the kernel's sched-stats, second number); 0 once it has ended. */
function starvedMs(pid: number): Millis {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
