import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestCa } from '@ewon-agent/account/testing/test-pki';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { startPlainMosquitto } from '@ewon-agent/e2e/mosquitto-plain';
import { wireBytesOf } from './wire.ts';

// What else a board could run: node-red with one MQTT connection, and a Sparkplug client as it comes. Installed for the bench
// alone, in these versions: together they are ten times what this repository installs.

const PACKAGES = ['node-red@5.0.7', 'sparkplug-client@3.2.4'];
/** A TLS session with a broker is more than this; less is a program that only tries. */
const CONNECTED_BYTES = 2500;

/** Both connected over TLS, and what ends them. */
export type Peers = { readonly nodeRed: ChildProcess; readonly sparkplug: ChildProcess; stop(): Promise<void> };

/** Installs them into `dir`, starts a Mosquitto for them and both, and resolves when both are connected. */
export async function startPeers(dir: string): Promise<Peers> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{"private":true}');
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES], {
    cwd: dir,
  });
  const ca = await createTestCa('CA of the peers', 'P-256');
  const names = [{ type: 'ip', value: '127.0.0.1' } as const];
  const server = await ca.issue({ commonName: 'broker', usage: 'server', names });
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const caFile = file('ca.pem', ca.pem);
  const [brokerPort, editorPort] = [await freePort(), await freePort()];
  const broker = await startPlainMosquitto(join(dir, 'broker.conf'), brokerPort, [
    `certfile ${file('broker.crt', server.certificate)}`,
    `keyfile ${file('broker.key', server.privateKey)}`,
    'log_type information',
  ]);
  const start = (...args: readonly string[]) => spawn(process.execPath, args, { cwd: dir, stdio: 'ignore' });
  file('flows.json', flows(brokerPort, caFile));
  const nodeRed = start('node_modules/node-red/red.js', '-u', dir, '-p', String(editorPort), 'flows.json');
  const sparkplug = start(file('sparkplug.cjs', sparkplugProgram(brokerPort, caFile)));
  for (const [what, { pid = 0 }] of Object.entries({ 'node-red': nodeRed, sparkplug }))
    await eventually(() => wireBytesOf(pid) > CONNECTED_BYTES, { what: `${what} connected`, timeoutMs: 60_000 });
  return {
    nodeRed,
    sparkplug,
    async stop() {
      for (const child of [nodeRed, sparkplug]) child.kill('SIGKILL');
      await broker.stop('SIGKILL');
    },
  };
}

function flows(port: number, ca: string): string {
  const tls = { id: 't', type: 'tls-config', name: '', cert: '', key: '', ca, verifyservercert: true };
  const connection = { broker: '127.0.0.1', port: String(port), tls: 't', usetls: true, autoConnect: true };
  const client = { clientid: 'node-red', protocolVersion: '4', keepalive: '60', cleansession: true };
  return JSON.stringify([
    { id: 'f', type: 'tab', label: 'idle' },
    { ...tls },
    { id: 'b', type: 'mqtt-broker', name: '', ...connection, ...client },
    {
      id: 'i',
      type: 'mqtt in',
      z: 'f',
      topic: 'down/#',
      qos: '1',
      datatype: 'auto-detect',
      broker: 'b',
      wires: [['o']],
    },
    { id: 'o', type: 'mqtt out', z: 'f', topic: 'up', qos: '1', broker: 'b', wires: [] },
  ]);
}

function sparkplugProgram(port: number, ca: string): string {
  return `const { readFileSync } = require('node:fs');
const { newClient } = require('sparkplug-client');
const client = newClient({ serverUrl: 'mqtts://127.0.0.1:${port}', username: '', password: '', groupId: 'g', edgeNode: 'n',
  clientId: 'sparkplug', version: 'spBv1.0', keepalive: 60, mqttOptions: { ca: readFileSync(${JSON.stringify(ca)}) } });
client.on('birth', () => client.publishNodeBirth({ timestamp: Date.now(), metrics: [{ name: 'm', value: 1, type: 'Int32' }] }));
client.on('error', (cause) => console.error(cause));
`;
}
