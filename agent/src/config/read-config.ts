import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { err, jsonReader, ok, type Result } from '@ewon-agent/contracts';
import schema from './agent-config.schema.json' with { type: 'json' };
import type { AgentConfig } from './schema.ts';

/** A configuration is a page of text; more than this is a wrong file. */
const CONFIG_MAX_BYTES = 64 * 1024;

const read = jsonReader<AgentConfig>(schema, 'CONFIG_INVALID');

/**
 * Reads the configuration file once. Relative paths in it are relative to the file. All faults are told at once.
 * Codes: CONFIG_INVALID.
 */
export function readConfig(path: string): Result<AgentConfig> {
  let bytes: Uint8Array;
  try {
    if (statSync(path).size > CONFIG_MAX_BYTES)
      return err('CONFIG_INVALID', `${path} is larger than ${CONFIG_MAX_BYTES} bytes`);
    bytes = readFileSync(path);
  } catch (cause) {
    return err('CONFIG_INVALID', `${path} cannot be read`, cause);
  }
  const config = read(bytes);
  if (!config.ok) return err('CONFIG_INVALID', `${path}: ${config.fault.detail}`);
  const { account } = config.value;
  if (account?.trust === 'pinned' && !account.key)
    return err('CONFIG_INVALID', `${path}: /account: "pinned" needs "key"`);
  if (account?.url && !account.caFile) return err('CONFIG_INVALID', `${path}: /account: "url" needs "caFile"`);
  return ok(resolvePaths(config.value, dirname(resolve(path))));
}

function resolvePaths(config: AgentConfig, base: string): AgentConfig {
  const from = (path: string) => resolve(base, path);
  const { account, firmware, led } = config;
  return {
    ...config,
    stateDir: from(config.stateDir),
    slots: Object.fromEntries(Object.entries(config.slots).map(([slot, { image }]) => [slot, { image: from(image) }])),
    ...(account ? { account: { ...account, ...(account.caFile ? { caFile: from(account.caFile) } : {}) } } : {}),
    firmware: 'passwordFile' in firmware ? { ...firmware, passwordFile: from(firmware.passwordFile) } : firmware,
    ...(led ? { led: { ...led, dir: from(led.dir) } } : {}),
    log: config.log ?? { level: 'info' },
  };
}
