import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PRODUCER = join(import.meta.dirname, '../../agent/src/testing/outbox-producer.ts');

/**
 * Has telemetry accepted into an outbox, by a process of its own, until so many are, and kills that process.
 * @param outbox path of the file; no agent has it open
 * @returns the numbers (`seq`) of all that it said to be accepted, at least `count`
 */
export async function acceptMessages(outbox: string, count: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [PRODUCER, outbox], { stdio: ['ignore', 'pipe', 'inherit'] });
  const accepted: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    accepted.push(Number(line.split(' ')[0]));
    if (accepted.length === count) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return accepted;
}
