import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { err, ok, type Result, toUtf8 } from '@ewon-agent/contracts';
import { createClockSystem } from '../adapters/clock-system.ts';
import { createRandomNode } from '../adapters/random-node.ts';
import { makeStateDir, writeFileDurably } from '../adapters/secret-file.ts';
import { initialDynamicSecurity, mosquittoConfig } from '../broker/mosquitto-config.ts';
import { openCa } from '../ca/ca.ts';

export type MosquittoFilesOptions = {
  readonly state: string;
  readonly keys?: string;
  readonly out: string;
  readonly host: string;
  readonly port: number;
  readonly webSocketPort: number;
  readonly name: readonly string[];
  readonly user?: string;
  readonly plugin?: string;
};

/** Where Debian 12 puts the plugin. */
const PLUGIN_FILE = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/mosquitto_dynamic_security.so`;

/**
 * Writes what a Mosquitto needs to be the broker of this account. What the plugin has learnt since is not overwritten;
 * the server certificate is made anew each time.
 * Codes: TARGET_REFUSED.
 */
export async function writeMosquittoFiles(
  options: MosquittoFilesOptions,
): Promise<Result<{ readonly config: string }>> {
  const nowMs = createClockSystem().now();
  const keysDir = options.keys ?? options.state;
  makeStateDir(keysDir);
  const ca = await openCa(keysDir, createRandomNode(), nowMs);
  const server = await ca.issueServerCertificate([...options.name, options.host], nowMs);
  const out = resolve(options.out);
  const at = (name: string) => join(out, name);
  const config = mosquittoConfig({
    host: options.host,
    port: options.port,
    ...(options.webSocketPort > 0 && { webSocketPort: options.webSocketPort }),
    deviceCaFile: at('device-ca.crt'),
    certificateFile: at('server.crt'),
    privateKeyFile: at('server.key'),
    pluginFile: options.plugin ?? PLUGIN_FILE,
    dynamicSecurityFile: at('dynamic-security.json'),
    persistenceFolder: `${out}/`,
    ...(options.user !== undefined && { user: options.user }),
  });
  try {
    mkdirSync(out, { recursive: true });
    writeFileDurably(at('device-ca.crt'), toUtf8(ca.deviceCa), 0o644);
    writeFileDurably(at('server.crt'), toUtf8(server.certificate), 0o644);
    writeFileDurably(at('server.key'), toUtf8(server.privateKey));
    if (!existsSync(at('dynamic-security.json')))
      writeFileDurably(at('dynamic-security.json'), toUtf8(initialDynamicSecurity()));
    writeFileDurably(at('mosquitto.conf'), toUtf8(config), 0o644);
  } catch (cause) {
    return err('TARGET_REFUSED', `${out}: ${String(cause)}`, cause);
  }
  return ok({ config: at('mosquitto.conf') });
}
