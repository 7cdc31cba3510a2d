import { once } from 'node:events';
import type { AccountProcess } from '@ewon-agent/e2e/account-process';

const LISTENING = /Debugger listening on (ws:\/\/\S+)/;

/**
 * Has an account collect its garbage, by the inspector that Node.js opens at SIGUSR1: what it holds then is what it needs, and
 * not what its last work has left. It must have been started with `--inspect-port=0`.
 */
export async function collectGarbage({ pid, output }: Pick<AccountProcess, 'pid' | 'output'>): Promise<void> {
  process.kill(pid, 'SIGUSR1');
  const inspector = new WebSocket(await addressIn(output));
  await once(inspector, 'open');
  const answered = once(inspector, 'message');
  inspector.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  await answered;
  inspector.close();
  await once(inspector, 'close');
}

/** It says so as soon as it listens; nothing tells us but its output. */
async function addressIn(output: () => string): Promise<string> {
  for (const until = performance.now() + 10_000; performance.now() < until; ) {
    const address = LISTENING.exec(output())?.[1];
    if (address) return address;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the account opened no inspector');
}
