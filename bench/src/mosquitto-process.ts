import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findProgram } from '@ewon-agent/contracts/testing';

/** A real Mosquitto, set up by `account mosquitto-files`. */
export type MosquittoProcess = { readonly url: string; stop(): Promise<void> };

const ACCOUNT = join(import.meta.dirname, '../../account/bin/account.js');

/**
 * Starts Debian's mosquitto for the account whose state is in `stateDir`, on a free port of 127.0.0.1.
 * @param out folder for its files
 * @throws when it is not installed or does not start
 */
export async function startMosquittoProcess(stateDir: string, out: string): Promise<MosquittoProcess> {
  const program = findProgram('mosquitto');
  const plugin = findProgram('mosquitto_dynamic_security.so');
  if (!program || !plugin) throw new Error('mosquitto is not installed (Debian package mosquitto)');
  const port = await freePort();
  // started as root it would become its own user, which cannot read what is made here
  const user = process.getuid?.() === 0 ? ['--user', 'root'] : [];
  const places = ['--state', stateDir, '--out', out, '--plugin', plugin];
  const files = ['mosquitto-files', ...places, '--host', '127.0.0.1', '--port', String(port), ...user];
  await promisify(execFile)(process.execPath, [ACCOUNT, ...files]);
  const child = spawn(program, ['-c', join(out, 'mosquitto.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const said: string[] = [];
  const listening = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.push(line) > 100) said.shift();
      if (/ running$/.test(line)) resolve();
    });
  });
  const ended = await Promise.race([listening, exited.then(() => true)]);
  if (ended) throw new Error(`mosquitto did not start:\n${said.join('\n')}`);
  return {
    url: `mqtts://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('this is a bug: no port');
  return address.port;
}
