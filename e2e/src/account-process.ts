import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { quickStart } from '@ewon-agent/contracts/suites/compile-cache';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { type AdminApi, createAdminApi } from './admin-api.ts';
import { readAdminToken } from './admin-token.ts';

/** What `account serve --json` says when it is up. */
export type AccountAddresses = {
  readonly accountId: string;
  readonly deviceUrl: string;
  readonly adminUrl: string;
  readonly mqttUrls: readonly string[];
  readonly ca: string;
  readonly signIn: string;
};

/** An account server as a process of its own. */
export type AccountProcess = AccountAddresses & {
  readonly pid: number;
  readonly stateDir: string;
  readonly api: AdminApi;
  /** Everything it wrote, for tests that look for what must not be there. */
  output(): string;
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

const BIN = join(import.meta.dirname, '../../account/bin/account.js');

/**
 * Starts `account serve` and resolves when it is up.
 * @param args further arguments, such as `--broker mqtts://…`
 * @param nodeArgs arguments of Node.js itself
 */
export async function startAccountProcess(
  stateDir: string,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<AccountProcess> {
  const words = [...(await ownPorts(stateDir, args)), ...args];
  const child = spawn(process.execPath, [...nodeArgs, BIN, 'serve', '--state', stateDir, '--json', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: quickStart(),
  });
  const said: string[] = [];
  for (const from of [child.stdout, child.stderr])
    from.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const exited = once(child, 'exit');
  const first = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    exited.then(([code]) =>
      Promise.reject(new Error(`account serve ended with ${code}: ${said.join('').slice(-2000)}`)),
    ),
  ]);
  const addresses: AccountAddresses = JSON.parse(first);
  return {
    ...addresses,
    pid: child.pid ?? 0,
    stateDir,
    api: createAdminApi(addresses.adminUrl, readAdminToken(stateDir)),
    output: () => said.join(''),
    async kill(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}

/** The arguments with which a server comes back to the same addresses, with the embedded broker. */
export function sameAddresses(account: AccountAddresses): readonly string[] {
  const port = (url = '') => new URL(url.replace(/^mqtts:/, 'https:')).port;
  const { deviceUrl, adminUrl, mqttUrls } = account;
  return ['--port', port(deviceUrl), '--admin-port', port(adminUrl), '--broker-port', port(mqttUrls[0])];
}

/**
 * Ports that nobody comes by while a test has the server away, for a new account: one that is there has kept its own. Only those that
 * the arguments do not name.
 */
async function ownPorts(stateDir: string, args: readonly string[]): Promise<readonly string[]> {
  if (existsSync(stateDir)) return [];
  const options = ['--port', '--admin-port', ...(args.includes('--broker') ? [] : ['--broker-port'])];
  const words: string[] = [];
  for (const option of options) if (!args.includes(option)) words.push(option, String(await freePort()));
  return words;
}
