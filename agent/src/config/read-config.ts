import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { err, jsonReader, ok, type Result } from '@ewon-agent/contracts';
import schema from './agent-config.schema.json' with { type: 'json' };
import type { AgentConfig, SlotConfig } from './schema.ts';

/** A configuration is a page of text; more than this is a wrong file. */
const CONFIG_MAX_BYTES = 64 * 1024;

// a reader for each form of `firmware`: told together, the faults of both forms would bury the one that was meant
const { properties } = schema;
const [readAsked, readDescribed] = properties.firmware.oneOf.map((firmware) =>
  jsonReader<AgentConfig>({ ...schema, properties: { ...properties, firmware } }, 'CONFIG_INVALID'),
);

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
  const config = (describesItsEwon(bytes) ? readDescribed : readAsked)?.(bytes) ?? err('CONFIG_INVALID');
  if (!config.ok) return err('CONFIG_INVALID', `${path}; ${config.fault.detail}`);
  return ok(resolvePaths(config.value, dirname(resolve(path))));
}

function describesItsEwon(bytes: Uint8Array): boolean {
  try {
    return Object.hasOwn(JSON.parse(Buffer.from(bytes).toString()).firmware, 'serial');
  } catch {
    return false; // no JSON, or nothing to look into: the reader says so
  }
}

function resolveSlot(slot: SlotConfig, from: (path: string) => string): SlotConfig {
  if ('directory' in slot) return { directory: from(slot.directory) };
  return 'image' in slot ? { image: from(slot.image) } : slot;
}

function patchFrom(patch: AgentConfig['patch'], from: (path: string) => string): AgentConfig['patch'] {
  const { root, directory, busy } = patch;
  const { file, input } = busy ?? {};
  return {
    ...patch,
    ...(root !== undefined && { root: from(root) }),
    ...(directory !== undefined && { directory: from(directory) }),
    ...(busy && {
      busy: {
        ...busy,
        ...(file !== undefined && { file: from(file) }),
        ...(input !== undefined && { input: from(input) }),
      },
    }),
  };
}

function resolvePaths(config: AgentConfig, base: string): AgentConfig {
  const from = (path: string) => resolve(base, path);
  const { account, proxy, board, firmware, led, wan, patch, console } = config;
  return {
    ...config,
    stateDir: from(config.stateDir),
    slots: Object.fromEntries(Object.entries(config.slots).map(([name, slot]) => [name, resolveSlot(slot, from)])),
    ...(account ? { account: { ...account, ...(account.caFile ? { caFile: from(account.caFile) } : {}) } } : {}),
    ...(proxy
      ? { proxy: { ...proxy, ...(proxy.passwordFile ? { passwordFile: from(proxy.passwordFile) } : {}) } }
      : {}),
    firmware: 'passwordFile' in firmware ? { ...firmware, passwordFile: from(firmware.passwordFile) } : firmware,
    patch: patchFrom(patch, from),
    board: {
      switchDir: from(board.switchDir),
      orderDir: from(board.orderDir),
      bootIdFile: from(board.bootIdFile),
    },
    ...(wan?.modem ? { wan: { ...wan, modem: { ...wan.modem, port: from(wan.modem.port) } } } : {}),
    ...(led ? { led: { ...led, dir: from(led.dir) } } : {}),
    ...(console
      ? { console: { ...console, ...(console.buttonFile ? { buttonFile: from(console.buttonFile) } : {}) } }
      : {}),
    log: config.log ?? { level: 'info' },
  };
}
