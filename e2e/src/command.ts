import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { quickStart } from '@ewon-agent/contracts/suites/compile-cache';

const ROOT = join(import.meta.dirname, '../..');
const BINS = {
  account: 'account/bin/account.js',
  'ewon-agent': 'agent/bin/ewon-agent.js',
  sdcard: 'sdcard-tools/bin/sdcard.js',
} as const;

/** What a run of a command left. */
export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** Runs one of our commands as a process of its own, to its end. `stdin` is what it is given there: nothing unless told. */
export function runCommand(name: keyof typeof BINS, args: readonly string[], stdin = ''): Promise<Ran> {
  return run(process.execPath, [join(ROOT, BINS[name]), ...args], stdin);
}

/** Runs any program in the root of the project, to its end. */
export async function run(program: string, args: readonly string[], stdin = ''): Promise<Ran> {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'], env: quickStart() });
  const said = { stdout: '', stderr: '' };
  for (const channel of ['stdout', 'stderr'] as const) {
    child[channel].setEncoding('utf8').on('data', (text: string) => {
      said[channel] += text;
    });
  }
  child.stdin.on('error', () => {}); // it ended without reading, which its status tells
  child.stdin.end(stdin);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { status, ...said };
}
