import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestFile } from './test-files.ts';
import { ROOT } from './workspaces.ts';

/** How the process of one test file ended. */
export type Ended = {
  readonly output: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly ms: number;
};

/** More output of one file than anybody reads; the end is kept, because the tally stands there. */
const OUTPUT_MAX_CHARACTERS = 4_000_000;
/** How long a pipe may stay open after its process ended: a grandchild in a session of its own can hold it. */
const PIPE_GRACE_MS = 500;
/** What Node has made of sources once, it takes up in the next process: starting costs half. Only by contents, so never stale. */
const COMPILED = join(ROOT, 'node_modules', '.cache', 'compiled');
/** The pinned Node comes first, also for what a test starts by name. */
const BIN = join(ROOT, 'node_modules', '.bin');

/**
 * Runs a test file in a process and a process group of its own, and ends the whole group with it.
 * @param tempFolder becomes TMPDIR of the tests
 * @param stop ends the process early (Ctrl-C)
 */
export function runTestFile(root: string, file: TestFile, tempFolder: string, stop: AbortSignal): Promise<Ended> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [join(root, file.path)], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${BIN}:${process.env['PATH']}`, TMPDIR: tempFolder, NODE_COMPILE_CACHE: COMPILED },
  });
  let output = '';
  const keep = (chunk: string): void => {
    output = (output + chunk).slice(-OUTPUT_MAX_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child.pid);
  }, file.timeoutMs);
  const onStop = (): void => killGroup(child.pid);
  stop.addEventListener('abort', onStop);

  return new Promise((resolve) => {
    child.once('error', (error) => keep(`\n${error.message}\n`)); // close follows
    child.once('exit', () => {
      killGroup(child.pid);
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, PIPE_GRACE_MS).unref();
    });
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      resolve({ output, exitCode, signal, timedOut, ms: performance.now() - startedMs });
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // the group is gone, which is what we want
  }
}
