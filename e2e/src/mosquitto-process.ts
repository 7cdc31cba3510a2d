import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from '@ewon-agent/contracts/suites/debian';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { runCommand } from './command.ts';

/** A real Mosquitto that was set up as the documentation says. */
export type MosquittoProcess = {
  readonly url: string;
  /** Everything it wrote. */
  output(): string;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
};

export type MosquittoOptions = {
  readonly accountStateDir: string;
  /** Folder for its files. */
  readonly out: string;
  /** A free one unless told. */
  readonly port?: number;
  /** What its certificate calls it beside 127.0.0.1. */
  readonly names?: readonly string[];
  /** Changes its files before it starts. */
  readonly prepare?: (out: string) => void;
};

/** Has `account mosquitto-files` write its files and starts Debian's mosquitto with them, on a free port of 127.0.0.1. */
export async function startMosquittoProcess({
  accountStateDir,
  out,
  port: wanted,
  names = [],
  prepare,
}: MosquittoOptions): Promise<MosquittoProcess> {
  const program = findProgram('mosquitto');
  const plugin = findProgram('mosquitto_dynamic_security.so');
  if (!program || !plugin) throw new Error('mosquitto is not installed: name it in "needs"');
  const port = wanted ?? (await freePort());
  const places = ['--state', accountStateDir, '--out', out, '--plugin', plugin, '--port', String(port)];
  // started as root it becomes its own user, which cannot read what a test makes
  const user = process.getuid?.() === 0 ? ['--user', 'root'] : [];
  const named = names.flatMap((name) => ['--name', name]);
  const written = await runCommand('account', ['mosquitto-files', ...places, ...named, ...user]);
  if (written.status !== 0) throw new Error(`account mosquitto-files: ${written.stderr}`);
  prepare?.(out);

  const child = spawn(program, ['-c', join(out, 'mosquitto.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  const exited = once(child, 'exit');
  const listening = new Promise<true>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(`${line}\n`);
      if (/ running$/.test(line)) resolve(true);
    });
  });
  const runs = await Promise.race([listening, exited.then(() => false)]);
  if (!runs) throw new Error(`mosquitto did not start:\n${said.join('')}`);
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    await exited;
  };
  return {
    url: `mqtts://127.0.0.1:${port}`,
    output: () => said.join(''),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
