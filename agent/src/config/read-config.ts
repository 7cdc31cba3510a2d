import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { err, type Fault, jsonReader, ok, type Result, toUtf8 } from '@ewon-agent/contracts';
import { readSettings } from '../adapters/settings-read.ts';
import { type SavedSettings, settingsOf } from '../core/settings/settings.ts';
import type { Settings } from '../core/settings/settings-keys.ts';
import { laid } from '../core/settings/settings-laid.ts';
import schema from './agent-config.schema.json' with { type: 'json' };
import type { AgentConfig, SlotConfig } from './schema.ts';

/** A configuration is a page of text; more than this is a wrong file. */
const CONFIG_MAX_BYTES = 64 * 1024;

// a reader for each form of `firmware`: told together, the faults of both forms would bury the one that was meant
const { properties } = schema;
const [readAsked, readDescribed] = properties.firmware.oneOf.map((firmware) =>
  jsonReader<AgentConfig>({ ...schema, properties: { ...properties, firmware } }, 'CONFIG_INVALID'),
);

/** What a configuration is made of. */
export type ConfigLayers = {
  /** Of the configuration file. */
  readonly path: string;
  /** What the file says, as it is written. */
  readonly file: Readonly<Record<string, unknown>>;
  readonly stateDir: string;
  /** What is kept of the console; undefined where it is damaged. */
  readonly saved: SavedSettings | undefined;
  /** Both together. */
  readonly config: AgentConfig;
  /** Why the file alone holds, although something was set at the console. */
  readonly fault?: Fault;
};

/**
 * Reads the configuration file once, and what was set at the console over it. Relative paths in it are relative to the file. All faults
 * are told at once. What the console set never keeps a configuration from being read: without it the file holds.
 * Codes: CONFIG_INVALID.
 */
export function readConfig(path: string): Result<AgentConfig> {
  const layers = readLayers(path);
  return layers.ok ? ok(layers.value.config) : layers;
}

/** The same, with what it is made of. Codes: CONFIG_INVALID. */
export function readLayers(path: string): Result<ConfigLayers> {
  const bytes = bytesOf(path);
  if (!bytes.ok) return bytes;
  const alone = readBytes(path, bytes.value);
  if (!alone.ok) return alone;
  const { stateDir } = alone.value;
  const file = JSON.parse(Buffer.from(bytes.value).toString());
  const saved = readSettings(stateDir);
  const layers = { path, file, stateDir, saved: saved.ok ? saved.value : undefined, config: alone.value };
  if (!saved.ok) return ok({ ...layers, fault: saved.fault });
  const settings = settingsOf(saved.value);
  if (Object.keys(settings).length === 0) return ok(layers);
  const both = readLaid(layers, settings);
  if (both.ok) return ok({ ...layers, config: both.value });
  return ok({ ...layers, fault: { code: 'SETTINGS_UNFIT', detail: both.fault.detail } });
}

/** What the file alone says: for what is done as root, which believes nothing that the agent's user can write. Codes: CONFIG_INVALID. */
export function readFileAlone(path: string): Result<AgentConfig> {
  const bytes = bytesOf(path);
  return bytes.ok ? readBytes(path, bytes.value) : bytes;
}

function bytesOf(path: string): Result<Uint8Array> {
  try {
    if (statSync(path).size > CONFIG_MAX_BYTES)
      return err('CONFIG_INVALID', `${path} is larger than ${CONFIG_MAX_BYTES} bytes`);
    return ok(readFileSync(path));
  } catch (cause) {
    return err('CONFIG_INVALID', `${path} cannot be read`, cause);
  }
}

/** What would be read if the console had set this. Codes: CONFIG_INVALID. */
export function readLaid({ path, file }: Pick<ConfigLayers, 'path' | 'file'>, settings: Settings): Result<AgentConfig> {
  return readBytes(path, toUtf8(JSON.stringify(laid(file, settings).config)));
}

function readBytes(path: string, bytes: Uint8Array): Result<AgentConfig> {
  const config = (describesItsEwon(bytes) ? readDescribed : readAsked)?.(bytes) ?? err('CONFIG_INVALID');
  if (!config.ok) return err('CONFIG_INVALID', `${path}; ${config.fault.detail}`);
  return ok({ ...resolvePaths(config.value, dirname(resolve(path))), origin: resolve(path) });
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
