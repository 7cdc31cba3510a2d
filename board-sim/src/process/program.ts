import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { BoardEvent } from '../core/board-event.ts';
import { readLines } from './lines.ts';

/** The program that runs on the board: the agent, unmodified. */
export type Program = {
  /** What shall run when there is power; starts it now when there is. */
  load(command: readonly string[]): Promise<void>;
  start(): void;
  /** As a power cut: SIGKILL to it and all it started. */
  kill(): Promise<void>;
  /** As a shutdown: SIGTERM, and SIGKILL when it takes too long. */
  end(): Promise<void>;
};

/** systemd waits 90 s; a board that reboots at a pulled card waits less. */
const END_LIMIT_MS = 10_000;
const LINE_MAX_CHARACTERS = 64 * 1024;

/** Makes the place for a program. `env` is added to the environment of the board. */
export function createProgram(env: Readonly<Record<string, string>>, tell: (event: BoardEvent) => void): Program {
  let command: readonly string[] = [];
  let running: ChildProcess | undefined;

  const start = () => {
    const [file, ...args] = command;
    if (!file || running) return;
    // a group of its own, so that a cut also takes what it started (npx starts node)
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running = child;
    const { pid = 0 } = child;
    const ended = (how: string) => {
      if (running === child) running = undefined;
      tell({ on: 'program', state: 'ended', pid, how });
    };
    child.on('error', (error) => pid === 0 && ended(error.message)); // never started
    child.on('exit', (code, signal) => ended(signal ? `by ${signal}` : `with status ${code}`));
    for (const from of ['stdout', 'stderr'] as const) {
      readLines(child[from], LINE_MAX_CHARACTERS, (line) => tell({ on: 'output', from, line }));
    }
    if (pid !== 0) tell({ on: 'program', state: 'started', pid });
  };
  /** SIGTERM goes to the program alone, SIGKILL to all it started, as systemd does with KillMode=mixed. */
  const signal = async (name: 'SIGTERM' | 'SIGKILL') => {
    const child = running;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (name === 'SIGKILL') killGroup(child.pid);
    else child.kill(name);
    await exited;
  };
  const kill = () => signal('SIGKILL');
  const end = async () => {
    const pid = running?.pid;
    const late = setTimeout(kill, END_LIMIT_MS);
    await signal('SIGTERM');
    clearTimeout(late);
    if (pid) killGroup(pid); // what it left behind
  };
  return {
    start,
    kill,
    end,
    async load(next) {
      await end();
      command = next;
      start();
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left in the group, which is what was wanted
  }
}
