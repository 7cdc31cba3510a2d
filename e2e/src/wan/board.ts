import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { controlPath } from '@ewon-agent/agent/cli/places';
import type { WanStatus } from '@ewon-agent/agent/shell/wan';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import type { AccountProcess } from '../account-process.ts';
import { statusAt } from '../board-with-agent.ts';

// The real agent in the namespace `board`, with an Ewon beside it whose tag changes every two seconds.

const AGENT = join(import.meta.dirname, '../../../agent/bin/ewon-agent.js');
const EWON_PORT = 8080;

/** A line of the agent's log that tells of the WAN, and when it was written. */
export type WanLine = { readonly atMs: number; readonly code: string };

export type WanBoard = {
  readonly lines: WanLine[];
  wan(): Promise<WanStatus>;
  /** Waits for a line with this code after a moment. @returns how long after it */
  told(code: string, sinceMs: number, timeoutMs?: number): Promise<number>;
  until(holds: (wan: WanStatus) => boolean, what: string, timeoutMs?: number): Promise<WanStatus>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a program of this folder in a namespace and resolves when it says that it listens. */
export async function startIn(
  namespace: string,
  program: 'http-here.ts' | 'delay-here.ts',
  ...words: readonly (string | number)[]
): Promise<ChildProcess> {
  const child = inNamespace(
    namespace,
    [join(import.meta.dirname, program), ...words.map(String)],
    ['pipe', 'pipe', 'inherit'],
  );
  if (!child.stdout) throw new Error('this is a bug: its output is a pipe');
  await once(child.stdout, 'data');
  return child;
}

/** Starts the agent and commissions it. `wan` is that part of its configuration. */
export async function startWanBoard(dir: string, account: AccountProcess, wan: object): Promise<WanBoard> {
  const ewon = await startIn('board', 'http-here.ts', 'ewon', EWON_PORT);
  const slots = join(dir, 'slots');
  const stateDir = join(dir, 'agent');
  mkdirSync(slots, { recursive: true });
  writeFileSync(join(dir, 'password'), 'x', { mode: 0o600 });
  const config = {
    stateDir,
    slots: { sd0: { image: join(slots, 'sd0.img') } },
    account: { url: account.deviceUrl, caFile: account.ca },
    firmware: { url: `http://127.0.0.1:${EWON_PORT}`, user: 'adm', passwordFile: 'password' },
    telemetry: { everyMs: 2000, batchMs: 0 },
    ...{ wan, board: { switchDir: dir, orderDir: dir }, log: { level: 'info' } },
  };
  writeFileSync(join(dir, 'agent.json'), JSON.stringify(config));
  const lines: WanLine[] = [];
  const said: string[] = [];
  let agent = start();

  function start(): ChildProcess {
    const child = inNamespace(
      'board',
      [AGENT, 'run', '--config', join(dir, 'agent.json')],
      ['ignore', 'ignore', 'pipe'],
    );
    if (!child.stderr) throw new Error('this is a bug: its log is a pipe');
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const { t, code = '', area } = line.startsWith('{') ? JSON.parse(line) : { t: '', area: '' };
      if (area === 'agent' && code.startsWith('WAN_')) lines.push({ atMs: Date.parse(t), code });
    });
    return child;
  }
  /** Waits; a failure shows what the agent said last. */
  const inTime = async <T>(probe: () => T | Promise<T>, what: string, timeoutMs: number): Promise<T> => {
    try {
      return await eventually(probe, { what, timeoutMs });
    } catch (cause) {
      throw new Error(`${what}\n${said.slice(-20).join('\n')}`, { cause });
    }
  };
  const wanNow = async () => {
    const asked = await askControl(controlPath(stateDir), 'wan');
    if (!asked.ok) throw new Error(asked.fault.code);
    return asked.value as WanStatus;
  };
  const { status, statusUntil } = statusAt(stateDir);
  writeFileSync(join(dir, 'card.img'), await account.api.cardImage('wan'));
  await statusUntil(({ registration }) => registration.state === 'unregistered', 'up', 60_000);
  renameSync(join(dir, 'card.img'), join(slots, 'sd0.img'));
  await statusUntil(({ registration }) => registration.state === 'pending', 'pending', 60_000);
  const [request] = await account.api.pending();
  await account.api.send('POST', `/api/v1/registrations/${request?.id}/approve`);
  await statusUntil(({ uplink }) => uplink.state === 'online', 'online', 60_000);

  return {
    lines,
    wan: wanNow,
    async told(code, sinceMs, timeoutMs = 60_000) {
      const find = () => lines.find((line) => line.code === code && line.atMs >= sinceMs);
      const found = await inTime(find, code, timeoutMs);
      return (found?.atMs ?? 0) - sinceMs;
    },
    async until(holds, what, timeoutMs = 60_000) {
      const look = async () => {
        const wan = await wanNow();
        // online by a proof alone is online as well, but what is broken next would have no session to break
        const hasSession = wan.state !== 'online' || (await status()).uplink.state === 'online';
        return hasSession && holds(wan) ? wan : undefined;
      };
      const found = await inTime(look, what, timeoutMs);
      if (!found) throw new Error('this is a bug: nothing found');
      return found;
    },
    async restart() {
      agent.kill('SIGKILL');
      await once(agent, 'exit');
      agent = start();
    },
    async stop() {
      for (const child of [agent, ewon]) {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
    },
  };
}

function inNamespace(
  namespace: string,
  args: readonly string[],
  stdio: ('ignore' | 'pipe' | 'inherit')[],
): ChildProcess {
  return spawn('ip', ['netns', 'exec', namespace, process.execPath, ...args], { stdio });
}
