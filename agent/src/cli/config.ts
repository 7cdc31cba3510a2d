import { err, ok, type Result, timestampOf } from '@ewon-agent/contracts';
import { askControl } from '../adapters/control-socket.ts';
import { changeSettings } from '../adapters/settings-file.ts';
import { type ConfigLayers, readLaid, readLayers } from '../config/read-config.ts';
import type { AgentConfig } from '../config/schema.ts';
import {
  type Author,
  type Candidate,
  candidateOf,
  changesOf,
  committed,
  discarded,
  edited,
  NO_SETTINGS,
  type SavedSettings,
  SETTINGS_MAX,
  settingsOf,
} from '../core/settings/settings.ts';
import { isSettingOf, SETTING_KEYS, type Settings, settingKey, settingOf } from '../core/settings/settings-keys.ts';
import { laid, settingsIn, valueAt } from '../core/settings/settings-laid.ts';
import { fitOf } from './config-fit.ts';
import { controlPath, DEFAULT_CONFIG } from './places.ts';

// What "configure" does, each step one write of settings.json: a session that ends, however it ends, loses nothing and breaks nothing. No agent
// has to run for it: what keeps an agent from starting is corrected so as well.

/** What became of a commit: it runs, comes with the restart that was ordered, or waits for one. */
export type Applied = 'applied' | 'restarting' | 'later' | 'needsRestart' | 'notRunning';
export type CommitDone = { readonly did: 'committed' | 'confirmed'; readonly n: number; readonly applied: Applied };

/** What is edited, and what runs. Codes: CONFIG_INVALID. */
export function readCandidate(config: AgentConfig): Result<{
  readonly layers: ConfigLayers;
  readonly saved: SavedSettings;
  readonly settings: Settings;
  readonly changes: readonly string[];
  readonly candidate?: Candidate;
}> {
  const layers = readLayers(config.origin ?? DEFAULT_CONFIG);
  if (!layers.ok) return layers;
  const saved = layers.value.saved ?? NO_SETTINGS;
  const { candidate } = saved;
  const settings = candidateOf(saved);
  const changes = changesOf(settingsOf(saved), settings);
  return ok({ layers: layers.value, saved, settings, changes, ...(candidate && { candidate }) });
}

/** Sets a value of the candidate. Codes: SETTINGS_KEY_UNKNOWN, SETTINGS_VALUE_BAD, SETTINGS_LOCKED, STATE_UNWRITABLE. */
export function setValue(config: AgentConfig, by: string, path: string, text: string): Result<Settings> {
  const key = settingKey(path);
  if (!key.ok) return key;
  const value = settingOf(key.value, text);
  if (value === undefined) return err('SETTINGS_VALUE_BAD', path);
  return editCandidate(config, by, (settings) => ok({ ...settings, [path]: value }));
}

/** Takes a value, or all of a section, out of the candidate. Codes: SETTINGS_KEY_UNKNOWN (it is not set here), STATE_UNWRITABLE. */
export function unsetValue(config: AgentConfig, by: string, path: string): Result<Settings> {
  return editCandidate(config, by, (settings) => {
    const left = Object.entries(settings).filter(([name]) => name !== path && !name.startsWith(`${path}.`));
    if (left.length === Object.keys(settings).length)
      return err('SETTINGS_KEY_UNKNOWN', `${path} is not set at the console: the file or the default holds`);
    return ok(Object.fromEntries(left));
  });
}

/**
 * Takes a whole settings file as the candidate: JSON of the form of config.json. What of it only root sets must be as the file has it, or be left
 * out. The candidate is replaced or stays as it was.
 * @param text at most 64 KiB
 * Codes: SETTINGS_VALUE_BAD (not JSON, a value), SETTINGS_KEY_UNKNOWN, SETTINGS_LOCKED, CONFIG_INVALID, STATE_UNWRITABLE.
 */
export function loadCandidate(config: AgentConfig, by: string, text: string): Result<Settings> {
  let tree: unknown;
  try {
    tree = text.length > CANDIDATE_MAX ? undefined : JSON.parse(text);
  } catch {
    tree = undefined; // said below
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    return err('SETTINGS_VALUE_BAD', `not a JSON object of at most ${CANDIDATE_MAX} characters`);
  const { settings, rest } = settingsIn(tree as Record<string, unknown>, SETTING_KEYS);
  return editCandidate(config, by, (_, { layers }) => {
    const foreign = leavesOf(rest).find((parts) => {
      const said = valueAt(layers.file, parts);
      return said === undefined || JSON.stringify(said) !== JSON.stringify(valueAt(rest, parts));
    });
    if (foreign) return err('SETTINGS_KEY_UNKNOWN', foreign.join('.'));
    // what is as the file has it needs not be set
    const own = Object.entries(settings).filter(
      ([path, value]) => valueAt(layers.file, path.split('.')) !== value || !settingKey(path).ok,
    );
    for (const [path, value] of own) {
      const key = settingKey(path);
      if (!key.ok) return key;
      if (!isSettingOf(key.value, value)) return err('SETTINGS_VALUE_BAD', path);
    }
    const candidate = Object.fromEntries(own);
    const valid = validated(layers, candidate);
    return valid.ok ? ok(candidate) : valid;
  });
}

/** Of characters, and of bytes of a file. */
export const CANDIDATE_MAX = 64 * 1024;

/** Loads what ran before into the candidate. @param back how many commits ago; 0 is what runs. Codes: SETTINGS_NO_COMMIT, STATE_UNWRITABLE. */
export function rollback(config: AgentConfig, by: string, back: number): Result<Settings> {
  return editCandidate(config, by, (_, { saved }) => {
    const commit = saved.commits[back];
    if (commit) return ok(commit.settings);
    // before the first commit the file alone held
    const isBeforeAll = back === saved.commits.length && !saved.isCut;
    return isBeforeAll ? ok({}) : err('SETTINGS_NO_COMMIT', `${back}`);
  });
}

/** Throws the candidate away. Codes: STATE_UNWRITABLE. */
export function discard(config: AgentConfig): Result<void> {
  return changeSettings(config.stateDir, (saved) => ok({ saved: discarded(saved), value: undefined }));
}

/** Says whether the candidate could run. Codes: CONFIG_INVALID, SETTINGS_LOCKED. */
export function validate(config: AgentConfig): Result<void> {
  const read = readCandidate(config);
  return read.ok ? validated(read.value.layers, read.value.settings) : read;
}

/**
 * Has the candidate run, or confirms what waits for it. On the disk before anything follows from it.
 * Codes: SETTINGS_NO_CHANGE, SETTINGS_NOT_UP, SETTINGS_LOCKED, CONFIG_INVALID, STATE_UNWRITABLE.
 */
export async function commit(config: AgentConfig, by: string, minutes?: number): Promise<Result<CommitDone>> {
  const read = readCandidate(config);
  if (!read.ok) return read;
  const { layers } = read.value;
  const done = changeSettings(config.stateDir, (saved) => {
    if (saved.candidate) {
      const valid = validated(layers, saved.candidate.settings);
      if (!valid.ok) return valid;
    }
    const next = committed(saved, authorNow(by), minutes);
    if (!next.ok) return next;
    const did: CommitDone['did'] = next.value.last === saved.last ? 'confirmed' : 'committed';
    return ok({ saved: next.value, value: { did, n: next.value.commits[0]?.n ?? 0 } });
  });
  if (!done.ok) return done;
  if (done.value.did === 'confirmed') return ok({ ...done.value, applied: 'applied' });
  return ok({ ...done.value, applied: await applied(config) });
}

async function applied({ stateDir }: AgentConfig): Promise<Applied> {
  const asked = await askControl(controlPath(stateDir), 'settings');
  if (!asked.ok) return 'notRunning';
  const done = asked.value as Result<Applied>;
  return done.ok ? done.value : 'needsRestart';
}

function editCandidate(
  config: AgentConfig,
  by: string,
  change: (settings: Settings, from: { layers: ConfigLayers; saved: SavedSettings }) => Result<Settings>,
): Result<Settings> {
  const read = readLayers(config.origin ?? DEFAULT_CONFIG);
  if (!read.ok) return read;
  const layers = read.value;
  return changeSettings(config.stateDir, (saved) => {
    const settings = change(candidateOf(saved), { layers, saved });
    if (!settings.ok) return settings;
    if (Object.keys(settings.value).length > SETTINGS_MAX)
      return err('SETTINGS_VALUE_BAD', `more than ${SETTINGS_MAX} values`);
    const { locked } = laid(layers.file, settings.value);
    if (locked[0]) return err('SETTINGS_LOCKED', `${locked[0].path}: ${locked[0].why}`);
    return ok({ saved: edited(saved, settings.value, authorNow(by)), value: settings.value });
  });
}

/** A name that is longer than is kept is cut: it only tells people who it was. */
function authorNow(by: string): Author {
  return { by: by.slice(0, 64), at: timestampOf(Date.now()) };
}

function validated(layers: ConfigLayers, settings: Settings): Result<void> {
  const { locked } = laid(layers.file, settings);
  if (locked[0]) return err('SETTINGS_LOCKED', `${locked[0].path}: ${locked[0].why}`);
  const read = readLaid(layers, settings);
  return read.ok ? fitOf(read.value, process.env) : read;
}

function leavesOf(tree: object, at: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leavesOf(value, [...at, name])
      : [[...at, name]],
  );
}
