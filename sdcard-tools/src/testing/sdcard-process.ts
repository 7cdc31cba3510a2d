import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a run of the command left: `all` is everything it said, on both channels. */
export type Ran = {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly all: string;
};

const BIN = fileURLToPath(new URL('../../bin/sdcard.js', import.meta.url));

/** Runs the `sdcard` command as a process of its own. */
export async function sdcard(
  args: readonly string[],
  more: { readonly stdin?: string; readonly nodeArgs?: readonly string[]; readonly under?: readonly string[] } = {},
): Promise<Ran> {
  const [program = process.execPath, ...before] = more.under ? [...more.under, process.execPath] : [];
  // one thread for files, so that strace's "when=N", which counts per thread, counts all of them
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const child = spawn(program, [...before, ...(more.nodeArgs ?? []), BIN, ...args], { env });
  const said = { stdout: '', stderr: '' };
  for (const channel of ['stdout', 'stderr'] as const) {
    child[channel].setEncoding('utf8').on('data', (text: string) => {
      said[channel] += text;
    });
  }
  child.stdin.end(more.stdin ?? '');
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { status, ...said, all: said.stdout + said.stderr };
}
