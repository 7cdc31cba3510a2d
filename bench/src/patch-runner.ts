import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as passed } from 'node:timers/promises';
import type { PatchOrder } from './patch-child.ts';
import { type Memory, memoryOf } from './proc.ts';

/** What a process held before it brought a patch, with its garbage collected, and at most while it did, in KiB. */
export type Held = { readonly idle: Memory; readonly most: Memory };

/** A process that brings patches, see patch-child.ts. */
export type PatchRunner = {
  /** @returns milliseconds from the order to the answer */
  bringMs(order: PatchOrder): Promise<number>;
  /** Brings a patch and looks at the process all the while, which takes time of its own. */
  watched(order: PatchOrder): Promise<Held>;
  close(): Promise<void>;
};

const LOOK_EVERY_MS = 2;

export function startPatchRunner(program: string): PatchRunner {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const early = ended.then(() => Promise.reject(new Error('the process that brings patches has ended')));
  early.catch(() => {}); // told to whoever waits for an answer
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (order: string) => {
    child.stdin.write(`${order}\n`);
    return Number((await Promise.race([lines.next(), early])).value);
  };
  const now = () => memoryOf(child.pid ?? 0);
  return {
    async bringMs(order) {
      const beganMs = performance.now();
      await ask(JSON.stringify(order));
      return performance.now() - beganMs;
    },
    async watched(order) {
      await ask('idle');
      const idle = now();
      let most = idle;
      let isDone = false;
      const done = ask(JSON.stringify(order)).finally(() => {
        isDone = true;
      });
      while (!isDone) {
        await Promise.race([done, passed(LOOK_EVERY_MS)]);
        most = larger(most, now());
      }
      await done;
      return { idle, most };
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Brings a patch by a process that is started for it, and waits for its end. @returns milliseconds */
export async function bringByProcessMs(program: string, order: PatchOrder): Promise<number> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`the process that brings a patch has ended with ${status}`);
  return performance.now() - beganMs;
}

function larger(a: Memory, b: Memory): Memory {
  return {
    pssKib: Math.max(a.pssKib, b.pssKib),
    privateDirtyKib: Math.max(a.privateDirtyKib, b.privateDirtyKib),
    rssKib: Math.max(a.rssKib, b.rssKib),
  };
}
