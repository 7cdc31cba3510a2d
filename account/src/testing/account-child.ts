import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assert } from '@ewon-agent/contracts/testing';
import { overTls } from './ask-over-tls.ts';
import { createTestDevice } from './device-client.ts';
import type { Identity } from './test-pki.ts';

/** `account serve` as a process of its own, with the embedded broker. */
export type AccountChild = {
  readonly accountId: string;
  readonly mqttUrl: string;
  /** PEM of the CA that its certificates are of. */
  readonly ca: string;
  /** Registers a new Ewon and approves it. */
  link(serial: string): Promise<{ readonly deviceId: string; readonly identity: Identity }>;
  /** Ends it, and resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

const BIN = join(import.meta.dirname, '../../bin/account.js');

/** Starts it, and resolves when it serves; with the state of before it comes back to the same addresses for devices. */
export async function startAccountChild(stateDir: string): Promise<AccountChild> {
  const child = spawn(process.execPath, [BIN, 'serve', '--state', stateDir, '--json', '--log-level', 'error'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const early = exited.then(([code]) => Promise.reject(new Error(`account serve ended with ${code}`)));
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), early]);
  early.catch(() => {}); // from here on it is we who end it
  const { accountId, adminUrl, deviceUrl, mqttUrls, ca: caFile } = JSON.parse(String(line));
  const ca = await readFile(caFile, 'utf8');
  const token = (await readFile(join(stateDir, 'admin-token'), 'utf8')).trim();
  const admin = async (method: 'GET' | 'POST', path: string) => {
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
    return answer.json();
  };
  return {
    ...{ accountId, ca, mqttUrl: mqttUrls[0] },
    async link(serial) {
      const agent = new Agent({ ca });
      try {
        const device = createTestDevice(overTls(agent), new URL(deviceUrl).origin, serial);
        const [{ id: grkId }] = await admin('GET', 'grks');
        const { key } = await admin('GET', `grks/${grkId}/key`);
        const asked = await device.register(await device.request(key));
        const [{ id }] = await admin('GET', 'registrations?state=pending');
        await admin('POST', `registrations/${id}/approve`);
        const { json } = await device.poll(asked.headers['location'] ?? '');
        const identity = { certificate: String(json['certificate']), privateKey: device.privateKey };
        return { deviceId: String(json['deviceId']), identity };
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
