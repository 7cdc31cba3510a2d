import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { findProgram } from '@ewon-agent/contracts/testing';
import { initialDynamicSecurity, mosquittoConfig } from '../broker/mosquitto-config.ts';
import type { TestPki } from './test-pki.ts';

/** A real Mosquitto of a test. */
export type TestMosquitto = {
  readonly url: string;
  readonly port: number;
  /** Where it speaks MQTT over WebSocket. */
  readonly webSocketUrl: string;
  /** What it said on stderr so far. */
  readonly log: readonly string[];
  /** Ends it with SIGTERM (it saves) or SIGKILL, and starts it again on the same port and files. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends it and deletes its files. */
  stop(): Promise<void>;
};

/**
 * Starts Debian's mosquitto with the configuration we document, on a free port of 127.0.0.1, in a temporary folder.
 * As root it stays root (`user root`), so that it can read and write that folder; nothing of a test is worth the
 * change of owners that a production set-up needs (see {@link mosquittoConfig}).
 * @param dynamicSecurity the first rights, as the present release writes them unless told
 */
export async function startMosquitto(
  pki: Pick<TestPki, 'server'> & { readonly deviceCa: { readonly pem: string } },
  dynamicSecurity: string = initialDynamicSecurity(),
): Promise<TestMosquitto> {
  const program = findProgram('mosquitto');
  const pluginFile = findProgram('mosquitto_dynamic_security.so');
  if (!program || !pluginFile) throw new Error('mosquitto is not installed: name it in "needs"');
  const folder = await mkdtemp(join(tmpdir(), 'mosquitto-'));
  const [port, webSocketPort] = [await freePort(), await freePort()];
  const file = (name: string) => join(folder, name);
  const config = mosquittoConfig({
    host: '127.0.0.1',
    port,
    webSocketPort,
    deviceCaFile: file('device-ca.pem'),
    certificateFile: file('server.pem'),
    privateKeyFile: file('server.key'),
    pluginFile,
    dynamicSecurityFile: file('dynamic-security.json'),
    persistenceFolder: `${folder}/`,
    ...(process.getuid?.() === 0 ? { user: 'root' } : {}),
  });
  await Promise.all([
    writeFile(file('device-ca.pem'), pki.deviceCa.pem),
    writeFile(file('server.pem'), pki.server.certificate),
    writeFile(file('server.key'), pki.server.privateKey, { mode: 0o600 }),
    writeFile(file('dynamic-security.json'), dynamicSecurity, { mode: 0o600 }),
    writeFile(file('mosquitto.conf'), config),
  ]);
  const log: string[] = [];
  const start = () => run(program, file('mosquitto.conf'), log);
  let running = await start();
  return {
    url: `mqtts://127.0.0.1:${port}`,
    port,
    webSocketUrl: `wss://127.0.0.1:${webSocketPort}/mqtt`,
    log,
    restart: async (signal) => {
      await running(signal);
      running = await start();
    },
    stop: async () => {
      await running('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns what ends it; resolves when it listens */
async function run(program: string, configFile: string, log: string[]) {
  const child = spawn(program, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(child, 'exit');
  const orphaned = () => child.kill('SIGKILL'); // a test that ends early leaves no broker behind
  process.once('exit', orphaned);
  const listening = new Promise<void>((resolve) => {
    createInterface(child.stderr).on('line', (line) => {
      log.push(line);
      if (/ running$/.test(line)) resolve();
    });
  });
  const early = await Promise.race([listening, exit.then(() => 'ended' as const)]);
  if (early) throw new Error(`mosquitto did not start:\n${log.join('\n')}`);
  return async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exit;
    process.removeListener('exit', orphaned);
  };
}
