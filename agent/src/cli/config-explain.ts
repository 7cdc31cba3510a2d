import { ok, printable, type Result } from '@ewon-agent/contracts';
import type { AgentConfig } from '../config/schema.ts';
import { settingsOf } from '../core/settings/settings.ts';
import { SETTING_KEYS, settingKey, settingParts } from '../core/settings/settings-keys.ts';
import { laid, valueAt } from '../core/settings/settings-laid.ts';
import { readCandidate } from './config.ts';

/** A value and where it comes from. `lost`: what the console says, where it does not hold. */
export type ConfigSource = {
  readonly path: string;
  readonly value: unknown;
  readonly from: 'default' | 'file' | 'console';
  readonly by?: string;
  readonly at?: string;
  readonly lost?: string;
};

/** Explains which value comes from where: what can be set at the console, and what the file sets beside. Codes: CONFIG_INVALID. */
export function explainConfig(config: AgentConfig): Result<readonly ConfigSource[]> {
  const read = readCandidate(config);
  if (!read.ok) return read;
  const { layers, saved } = read.value;
  const settings = settingsOf(saved);
  const { locked } = laid(layers.file, settings);
  const plain = SETTING_KEYS.filter(({ isNamed }) => !isNamed).map(({ path }) => path);
  const named = [...Object.keys(settings), ...leaves(layers.file)].filter((path) => !plain.includes(path));
  return ok(
    [...new Set([...plain, ...named])].sort().flatMap((path): readonly ConfigSource[] => {
      const key = settingKey(path);
      const parts = key.ok ? settingParts(key.value, path) : path.split('.');
      const value = valueAt(layers.config, parts);
      const isSet = Object.hasOwn(settings, path);
      const why = locked.find((one) => one.path === path)?.why ?? layers.fault?.code;
      if (isSet && why === undefined) {
        // the oldest of the commits that have it without a break is the one that set it
        const setIn = saved.commits.findLast((_, i) =>
          saved.commits.slice(0, i + 1).every((commit) => commit.settings[path] === settings[path]),
        );
        return [{ path, value, from: 'console', ...(setIn && { by: setIn.by, at: setIn.at }) }];
      }
      const isInFile = valueAt(layers.file, parts) !== undefined;
      const lost = isSet ? { lost: `${JSON.stringify(settings[path])}: ${why}` } : {};
      if (value === undefined && !isSet) return [];
      return [{ path, value, from: isInFile ? 'file' : 'default', ...lost }];
    }),
  );
}

/** A line for each. Of a password only the name of its file is known here. */
export function sourcesText(sources: readonly ConfigSource[]): string {
  return sources
    .map(({ path, value, from, by, at, lost }) => {
      const who = by === undefined ? '' : `, ${by} ${at?.slice(0, 19)}Z`;
      const no = lost === undefined ? '' : `; console says ${lost}`;
      return printable(`${path} ${JSON.stringify(value ?? null)}  (${from}${who}${no})`, 300);
    })
    .join('\n');
}

/** Paths of values in a file; a list is one value. */
function leaves(tree: object, at = ''): readonly string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(value, `${at}${name}.`)
      : [`${at}${name}`],
  );
}
