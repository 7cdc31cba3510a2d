import { readFileSync } from 'node:fs';

/** What a process holds, in KiB as the kernel tells it. */
export type Memory = {
  /** Private pages and its share of those that several processes have. */
  readonly pssKib: number;
  /** Pages that are only its own and cannot be dropped. */
  readonly privateDirtyKib: number;
  readonly rssKib: number;
};

/** What a process has done since it began. */
export type Doing = {
  readonly cpuMs: number;
  /** How often its main thread has gone to sleep: an idle program should stay asleep. */
  readonly sleeps: number;
};

/** USER_HZ, which Linux fixes for /proc on every architecture we run on (proc(5), `stat`). */
const TICK_MS = 10;

/** Reads `/proc/PID/smaps_rollup`. @throws when the process is gone */
export function memoryOf(pid: number): Memory {
  return memoryIn(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
}

/** Reads `/proc/PID/stat` and `status`. @throws when the process is gone */
export function doingOf(pid: number): Doing {
  return {
    cpuMs: cpuMsIn(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    sleeps: numberIn(readFileSync(`/proc/${pid}/status`, 'utf8'), 'voluntary_ctxt_switches'),
  };
}

/** How many files this process and what it starts may have open at most; each connection is one. Node.js takes as many by itself. */
export function openFilesMax(): number {
  return openFilesIn(readFileSync('/proc/self/limits', 'utf8'));
}

/** Takes the hard limit of open files out of a `limits`. */
export function openFilesIn(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (hard === undefined) throw new Error('this kernel does not tell Max open files');
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

/** Takes the sums out of a `smaps_rollup`. */
export function memoryIn(rollup: string): Memory {
  return {
    pssKib: numberIn(rollup, 'Pss'),
    privateDirtyKib: numberIn(rollup, 'Private_Dirty'),
    rssKib: numberIn(rollup, 'Rss'),
  };
}

/** Takes user and system time out of a `stat`; the name of the program, which comes before, may hold anything. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS; // utime and stime, the 14th and 15th of all
}

function numberIn(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`this kernel does not tell ${name}`);
  return Number(found);
}
