// How what was set at the console is laid over the configuration file. The file is root's: whatever it has switched off stays off, and what
// the console says against that is left out, also when the file was changed later.

import { type Setting, type SettingKey, type Settings, settingKey, settingParts } from './settings-keys.ts';

type Tree = Readonly<Record<string, unknown>>;
/** A setting that does not hold, and why. */
export type LockedSetting = { readonly path: string; readonly why: string };
export type Laid = { readonly config: Tree; readonly locked: readonly LockedSetting[] };

/** Lays settings over what a file says. Total and pure; what comes of it is still to be validated. */
export function laid(file: Tree, settings: Settings): Laid {
  let config = file;
  const locked: LockedSetting[] = [];
  for (const [path, value] of Object.entries(settings)) {
    const key = settingKey(path);
    const why = key.ok ? lockOf(file, path, value) : 'it cannot be set at the console';
    if (why !== undefined) locked.push({ path, why });
    else if (key.ok) config = put(config, settingParts(key.value, path), value);
  }
  return { config, locked };
}

/** Why the file does not let the console set this; undefined where it does. */
export function lockOf(file: Tree, path: string, value: Setting): string | undefined {
  const said = (at: string) => valueAt(file, at.split('.'));
  if (path.endsWith('Enable')) return said(path) === 0 && value !== 0 ? `${path} is 0 in the file` : undefined;
  if (path === 'location.considerIp')
    return said(path) === false && value !== false ? `${path} is false in the file` : undefined;
  if (path.startsWith('account.') && said('account.trust') === 'pinned') return 'the file pins the account';
  // whoever the console names would be sent that password
  if (path === 'proxy.url' && said('proxy.passwordFile') !== undefined) return 'the file has a password for its proxy';
  // somebody relies on it that the machine is not stopped
  if (path === 'patch.busy.tag' && said(path) !== undefined) return `${path} is in the file`;
  return undefined;
}

/** What a tree says at a path; undefined where it says nothing. */
export function valueAt(tree: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? at[name as never] : undefined),
    tree,
  );
}

/** Takes the settings out of a tree of the form of the configuration file; `rest` is what is left of it. */
export function settingsIn(tree: Tree, keys: readonly SettingKey[]): { settings: Settings; rest: Tree } {
  const settings: Record<string, Setting> = {};
  let rest: Tree = tree;
  for (const { path, isNamed } of keys) {
    const parts = path.split('.');
    const found = valueAt(tree, parts);
    if (found === undefined) continue;
    const each =
      isNamed && isTree(found) ? Object.entries(found).map(([name, value]) => [`${path}.${name}`, value]) : [];
    for (const [full, value] of isNamed ? each : [[path, found]]) settings[String(full)] = value as Setting;
    if (!isNamed || isTree(found)) rest = without(rest, parts);
  }
  return { settings, rest };
}

function put(tree: Tree, [first = '', ...others]: readonly string[], value: Setting): Tree {
  const below = Object.hasOwn(tree, first) ? tree[first] : undefined;
  return { ...tree, [first]: others.length === 0 ? value : put(isTree(below) ? below : {}, others, value) };
}

/** Without what is at a path, and without what is empty then. */
function without(tree: Tree, [first = '', ...others]: readonly string[]): Tree {
  const { [first]: below, ...rest } = tree;
  if (others.length === 0 || !isTree(below)) return rest;
  const left = without(below, others);
  return Object.keys(left).length === 0 ? rest : { ...rest, [first]: left };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
