import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Grk } from '@ewon-agent/contracts';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { assert } from '@ewon-agent/contracts/testing';
import { overTls } from './ask-over-tls.ts';
import { createTestDevice } from './device-client.ts';
import type { Identity } from './test-pki.ts';

/** `account serve` as a process of its own, with the embedded broker unless told otherwise. */
export type AccountChild = {
  readonly accountId: string;
  readonly mqttUrl: string;
  /** PEM of the CA that its certificates are of. */
  readonly ca: string;
  /** The admin API. */
  admin<T>(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<T>;
  /**
   * Registers a new Ewon here and approves it, here or at another server of the account: then its long poll is under way
   * meanwhile, and `polledMs` how long that took of the {@link LONG_POLL_S} that it may.
   */
  link(
    serial: string,
    approveAt?: Pick<AccountChild, 'admin'>,
  ): Promise<{ readonly deviceId: string; readonly identity: Identity; readonly polledMs: number }>;
  /** Ends it, and resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

/** How long the long poll of a new Ewon waits. */
export const LONG_POLL_S = 25;
const BIN = join(import.meta.dirname, '../../bin/account.js');

/** Ports that nobody comes by while a test has the server away, for a new account: one that is there has kept its own. */
async function ownPorts(stateDir: string, options: readonly string[]): Promise<readonly string[]> {
  if (existsSync(join(stateDir, 'ports.json'))) return [];
  const broker = options.includes('--broker') ? [] : ['--broker-port', String(await freePort())];
  return ['--port', String(await freePort()), ...broker];
}

/** Starts it, and resolves when it serves; with the state of before it comes back to the same addresses for devices. */
export async function startAccountChild(stateDir: string, options: readonly string[] = []): Promise<AccountChild> {
  const ports = await ownPorts(stateDir, options);
  const argv = [BIN, 'serve', '--state', stateDir, '--json', '--log-level', 'error', ...ports, ...options];
  const child = spawn(process.execPath, argv, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const early = exited.then(([code]) => Promise.reject(new Error(`account serve ended with ${code}`)));
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), early]);
  early.catch(() => {}); // from here on it is we who end it
  const { accountId, adminUrl, deviceUrl, mqttUrls, ca: caFile } = JSON.parse(String(line));
  const ca = await readFile(caFile, 'utf8');
  const token = (await readFile(join(stateDir, 'admin-token'), 'utf8')).trim();
  const admin = async <T>(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<T> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(method === 'POST' && { 'content-type': 'application/json' }),
    };
    const answer = await fetch(`${adminUrl}/api/v1/${path}`, {
      method,
      headers,
      ...(method === 'POST' && { body: '{}' }),
    });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as T;
  };
  return {
    ...{ accountId, ca, mqttUrl: mqttUrls[0], admin },
    async link(serial, approveAt) {
      const agent = new Agent({ ca });
      try {
        const device = createTestDevice(overTls(agent), new URL(deviceUrl).origin, serial);
        const [grk] = await admin<readonly { readonly id: string }[]>('GET', 'grks');
        const { key } = await admin<{ readonly key: Grk }>('GET', `grks/${grk?.id}/key`);
        const asked = await device.register(await device.request(key));
        const location = asked.headers['location'] ?? '';
        // asked before it is decided, so that the answer must come by itself
        const beganMs = performance.now();
        const polled = approveAt && device.poll(location, LONG_POLL_S);
        const [waiting] = await admin<readonly { readonly id: string }[]>('GET', 'registrations?state=pending');
        await (approveAt?.admin ?? admin)('POST', `registrations/${waiting?.id}/approve`);
        const { json } = await (polled ?? device.poll(location));
        const polledMs = performance.now() - beganMs;
        const identity = { certificate: String(json['certificate']), privateKey: device.privateKey };
        return { deviceId: String(json['deviceId']), identity, polledMs };
      } finally {
        agent.destroy();
      }
    },
    async end(signal) {
      child.kill(signal);
      await exited;
    },
  };
}
