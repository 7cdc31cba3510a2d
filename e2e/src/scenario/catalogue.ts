import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenarios } from '@ewon-agent/board-sim/scenario/read-scenario';
import type { ActionName, BoardKind, Scenario, Tag } from '@ewon-agent/board-sim/scenario/scenario';
import { err, ok, type Result } from '@ewon-agent/contracts';

/** Where the scenarios are. */
export const SCENARIOS = join(import.meta.dirname, '../../../board-sim/scenarios');

/** Which scenarios are meant. Without a tag all but the long ones, with `all` those too; `names` are parts of names. */
export type Choice = { readonly board: BoardKind; readonly tag?: Tag | 'all'; readonly names: readonly string[] };

/**
 * Reads every scenario of a folder, in the order of their names.
 * Codes: SCENARIO_BAD, also for two of one name and for a file that is called otherwise than its scenario.
 */
export function readCatalogue(folder = SCENARIOS): Result<readonly Scenario[]> {
  const found: Scenario[] = [];
  for (const file of globSync('*.json', { cwd: folder }).sort()) {
    const read = readScenarios(readFileSync(join(folder, file)), file);
    if (!read.ok) return read;
    const stem = file.replace(/\.json$/, '');
    const stray = read.value.find(({ name }) => name !== stem && !name.startsWith(`${stem}-`));
    if (stray) return err('SCENARIO_BAD', `${file}: the scenario in it is called ${stray.name}`);
    found.push(...read.value);
  }
  const twice = found.find(({ name }, index) => found.findIndex((other) => other.name === name) !== index);
  return twice ? err('SCENARIO_BAD', `two scenarios are called ${twice.name}`) : ok(found);
}

/** Picks those that are meant, or says why there are none. */
export function choose(scenarios: readonly Scenario[], { board, tag, names }: Choice): Result<readonly Scenario[]> {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name.includes(name)));
  if (unknown !== undefined) return err('USAGE', `no scenario has "${unknown}" in its name`);
  const chosen = scenarios
    .filter(({ boards }) => boards.includes(board))
    .filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)))
    .filter(({ tags }) => isMeant(tags, tag ?? (names.length > 0 ? 'all' : undefined)));
  return chosen.length > 0 ? ok(chosen) : err('USAGE', `no such scenario fits board ${board}`);
}

/** What makes a board boot, or may. */
const BOOTS: readonly ActionName[] = ['powerOn', 'reboot', 'freezeAgent', 'command'];

/** Those that boot most often first: an emulated boot takes a minute, and the last one played has no company. Else as they stood. */
export function longestFirst(scenarios: readonly Scenario[]): readonly Scenario[] {
  const boots = ({ steps }: Scenario) => steps.filter((step) => BOOTS.some((name) => name === step.do)).length;
  return scenarios.toSorted((a, b) => boots(b) - boots(a));
}

function isMeant(tags: readonly Tag[], tag: Choice['tag']): boolean {
  if (tag === 'all') return true;
  return tag ? tags.includes(tag) : !tags.includes('soak');
}
