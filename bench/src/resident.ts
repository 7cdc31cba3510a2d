import { setTimeout as passed } from 'node:timers/promises';
import { type Doing, doingOf, type Memory, memoryOf } from './proc.ts';
import { wireBytesOf } from './wire.ts';

/** What was seen of a process over a time. */
export type Resident = {
  readonly memory: readonly Memory[];
  readonly cpuMs: number;
  readonly sleeps: number;
  readonly wireBytes: number;
};

const SAMPLE_EVERY_MS = 10_000;

/**
 * Watches processes for a time, all at the same moments.
 * @throws when one of them ends
 */
export async function watched<Name extends string>(
  pids: ReadonlyMap<Name, number>,
  seconds: number,
): Promise<ReadonlyMap<Name, Resident>> {
  const now = (pid: number) => ({ ...doingOf(pid), wireBytes: wireBytesOf(pid) });
  const seen = [...pids].map(([name, pid]) => ({ name, pid, before: now(pid), memory: [memoryOf(pid)] }));
  const endMs = performance.now() + seconds * 1000;
  for (let leftMs = seconds * 1000; leftMs > 0; leftMs = endMs - performance.now()) {
    await passed(Math.min(SAMPLE_EVERY_MS, leftMs));
    for (const { pid, memory } of seen) memory.push(memoryOf(pid));
  }
  return new Map(seen.map(({ name, pid, before, memory }) => [name, { memory, ...since(before, now(pid)) }]));
}

type Done = Doing & Pick<Resident, 'wireBytes'>;

function since(before: Done, after: Done): Done {
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    sleeps: after.sleeps - before.sleeps,
    wireBytes: after.wireBytes - before.wireBytes,
  };
}
