import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from '@ewon-agent/contracts/suites/debian';
import { freePort } from '@ewon-agent/contracts/suites/free-port';

/** A real proxy, as a company has one: HTTP CONNECT to some ports, with a user and a password. */
export type TinyproxyProcess = {
  readonly url: string;
  readonly user: string;
  /** A file with the right password. */
  readonly passwordFile: string;
  /** Targets of the tunnels that were asked for, oldest first; those it refused as well. */
  tunnels(): readonly string[];
  /** Ends it, and with that every tunnel, and starts it again at the same address with CONNECT to these ports. */
  restart(ports: readonly number[]): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts Debian's tinyproxy on a free port of 127.0.0.1.
 * @param dir for its files; is there already
 * @param ports to which CONNECT is let through
 */
export async function startTinyproxy(dir: string, ports: readonly number[]): Promise<TinyproxyProcess> {
  const program = findProgram('tinyproxy');
  if (!program) throw new Error('tinyproxy is not installed: name it in "needs"');
  const port = await freePort();
  const [user, password] = ['gateway', 'behind-the-proxy'];
  const passwordFile = join(dir, 'proxy-password');
  const config = join(dir, 'tinyproxy.conf');
  const said: string[] = [];
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const start = (allowed: readonly number[]) => {
    const lines = [
      ...[`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 600', 'MaxClients 50', 'LogLevel Info'],
      ...[`BasicAuth ${user} ${password}`, ...allowed.map((open) => `ConnectPort ${open}`)],
    ];
    writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
    return run(program, config, said);
  };
  let stop = await start(ports);
  return {
    url: `http://127.0.0.1:${port}`,
    user,
    passwordFile,
    tunnels: () => said.flatMap((line) => /CONNECT (\S+) HTTP/.exec(line)?.[1] ?? []),
    async restart(allowed) {
      await stop();
      stop = await start(allowed);
    },
    stop: () => stop(),
  };
}

/** @returns what ends it; resolves when it listens */
async function run(program: string, config: string, said: string[]): Promise<() => Promise<void>> {
  const child = spawn(program, ['-d', '-c', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const listening = new Promise<true>((resolve) => {
    for (const from of [child.stdout, child.stderr]) {
      createInterface({ input: from }).on('line', (line) => {
        said.push(line);
        if (/Accepting connections/.test(line)) resolve(true);
      });
    }
  });
  const runs = await Promise.race([listening, exited.then(() => false)]);
  if (!runs) throw new Error(`tinyproxy did not start:\n${said.join('\n')}`);
  return async () => {
    child.kill('SIGKILL'); // asked politely it waits for its tunnels
    await exited;
  };
}
