// What may be set at the console, and what its values may be. Names, units, ranges and defaults are those of the schema of the
// configuration; which of them is decided here, each group with its reason in docs/decisions/0048. What is not here is root's alone: every
// path of a file or device (the agent would read it, or hand what is in it to somebody), every password, the Ewon, the slots, the board.

import { err, ok, type Result } from '@ewon-agent/contracts';
import schema from '../../config/agent-config.schema.json' with { type: 'json' };

export type Setting = string | number | boolean;
/** By the path of the key, with dots. */
export type Settings = Readonly<Record<string, Setting>>;
/** What the schema says of a key. */
export type SettingForm = {
  readonly type?: string;
  readonly enum?: readonly Setting[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
};
type Node = SettingForm & {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
};
export type SettingKey = {
  readonly path: string;
  /** A name follows the path, as that of an interface. */
  readonly isNamed: boolean;
  readonly form: SettingForm;
};

const PATHS = [
  ...(['SDConfigEnable', 'USBConfigEnable', 'GeolocEnable', 'RemoteManagementEnable'] as const),
  ...(['account.url', 'account.trust', 'account.key', 'proxy.url'] as const),
  ...(['telemetry.everyMs', 'telemetry.batchMs', 'telemetry.heartbeatMs', 'telemetry.deadband'] as const),
  ...(['wan.links', 'wan.holdDownMs', 'wan.probeTimeoutMs', 'wan.probeBytesMax', 'wan.ewonEveryMs'] as const),
  ...(['wan.modem.baud', 'wan.modem.link', 'wan.modem.everyMs'] as const),
  ...(['location.considerIp', 'location.spacingMs', 'location.moveMetres', 'location.hdopMax'] as const),
  ...(['location.wifi.interface', 'location.wifi.everyMs'] as const),
  ...(['location.gnss.serial.baud', 'location.gnss.gpsd'] as const),
  ...(['patch.everyMs', 'patch.metered', 'patch.rateBytesPerSecond', 'patch.busy.tag', 'log.level'] as const),
] as const;

export const SETTING_KEYS: readonly SettingKey[] = PATHS.map((path) => {
  const node = path.split('.').reduce<Node | undefined>((at, name) => at?.properties?.[name], schema as Node);
  if (!node) throw new Error(`this is a bug: no key ${path}`);
  const named = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  return { path, isNamed: named !== undefined, form: named ?? node };
});

/** As interfaces are named; a dot is part of one, so nothing can follow it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/;

export function isSettingName(name: string): boolean {
  return NAME.test(name);
}

/** The key of a path such as `log.level` or `wan.links.eth0`. Codes: SETTINGS_KEY_UNKNOWN. */
export function settingKey(path: string): Result<SettingKey> {
  const found = SETTING_KEYS.find((key) =>
    key.isNamed ? path.startsWith(`${key.path}.`) && isSettingName(path.slice(key.path.length + 1)) : key.path === path,
  );
  return found ? ok(found) : err('SETTINGS_KEY_UNKNOWN', path);
}

/** The parts of a path: an interface may have a dot in its name. */
export function settingParts({ path, isNamed }: SettingKey, full: string): readonly string[] {
  return isNamed ? [...path.split('.'), full.slice(path.length + 1)] : path.split('.');
}

/** The value that a text stands for; undefined where it does not fit. */
export function settingOf({ form }: SettingKey, text: string): Setting | undefined {
  if (form.enum) return form.enum.find((value) => String(value) === text);
  if (form.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (form.type === 'integer' || form.type === 'number') {
    if (!(form.type === 'integer' ? /^-?\d{1,15}$/ : /^-?\d{1,15}(\.\d{1,9})?$/).test(text)) return undefined;
    return isWithin(form, Number(text)) ? Number(text) : undefined;
  }
  return fits(form, text) ? text : undefined;
}

/** Tells whether a value read from elsewhere is one of this key. */
export function isSettingOf(key: SettingKey, value: unknown): value is Setting {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isScalar && settingOf(key, String(value)) === value;
}

/** A setting as it is typed. */
export function settingLine(path: string, value: Setting): string {
  const key = settingKey(path);
  const typed = key.ok && key.value.isNamed ? `${key.value.path} ${path.slice(key.value.path.length + 1)}` : path;
  const text = String(value);
  return `set ${typed} ${/^[^ "|]+$/.test(text) ? text : `"${text}"`}`;
}

/** What may follow a key, in a few characters: choices, a range, a form. */
export function settingRange({ form }: SettingKey): string {
  if (form.enum) return form.enum.join('|');
  if (form.type === 'boolean') return 'true|false';
  if (form.type !== 'integer' && form.type !== 'number') return 'text';
  return `${form.minimum ?? ''}-${form.maximum ?? ''}`;
}

/** What a key is, its range and its default. */
export function settingHelp(key: SettingKey): string {
  const { description = '', default: usual } = key.form;
  const fallback = usual === undefined ? '' : `, default ${JSON.stringify(usual)}`;
  return `${description} [${settingRange(key)}${fallback}]`;
}

function isWithin({ minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: Node, value: number) {
  return value >= minimum && value <= maximum;
}

function fits({ minLength = 0, maxLength = 1024, pattern }: Node, text: string): boolean {
  return text.length >= minLength && text.length <= maxLength && (!pattern || new RegExp(pattern).test(text));
}
