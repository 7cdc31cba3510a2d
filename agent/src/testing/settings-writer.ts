import { readFileSync, writeSync } from 'node:fs';
import { commit, rollback, setValue } from '../cli/config.ts';
import { settingsCameUp, settingsTimedOut } from '../cli/config-run.ts';
import { readConfig } from '../config/read-config.ts';

// A process that does one thing to what is set at the console. Tests kill it, or let its calls fail. It says what came of it: `ok`, or a code.

export const SETTINGS_STEPS = ['set', 'commit', 'commit confirmed', 'confirm', 'go back', 'roll back'] as const;
export type SettingsStep = (typeof SETTINGS_STEPS)[number];

/** Does one step, as the console or the agent does it. */
export async function doStep(path: string, step: SettingsStep): Promise<string> {
  const read = readConfig(path);
  if (!read.ok) return read.fault.code;
  const config = read.value;
  const done = await {
    set: () => setValue(config, 'anna', 'log.level', 'debug'),
    commit: () => commit(config, 'anna'),
    'commit confirmed': () => commit(config, 'anna', 5),
    confirm: () => commit(config, 'anna'),
    'go back': () => settingsTimedOut(config.stateDir, 2),
    'roll back': () => rollback(config, 'anna', 1),
  }[step]();
  return done.ok ? 'ok' : done.fault.code;
}

/** Brings a directory to where the step begins: `warn` runs as commit 1, and came up. */
export async function setStage(path: string, step: SettingsStep): Promise<void> {
  const config = readConfig(path);
  if (!config.ok) throw new Error(config.fault.detail);
  const { stateDir } = config.value;
  setValue(config.value, 'anna', 'log.level', 'warn');
  await doStep(path, 'commit');
  settingsCameUp(stateDir);
  if (step !== 'set' && step !== 'roll back') await doStep(path, 'set');
  if (step === 'confirm' || step === 'go back') {
    await doStep(path, 'commit confirmed');
    settingsCameUp(stateDir);
  }
}

/** How many interfaces one of several writers sets. */
export const SETS_EACH = 12;

const [path, step] = process.argv.slice(2);
if (path !== undefined && import.meta.main) {
  const config = readConfig(path);
  if (step?.startsWith('eth') && config.ok) {
    writeSync(1, 'ready');
    readFileSync(0); // its end: all of them begin at once
    for (let i = 0; i < SETS_EACH; i += 1) setValue(config.value, step, `wan.links.${step}.${i}`, 'auto');
  }
  const found = SETTINGS_STEPS.find((one) => one === step);
  if (found) writeSync(1, await doStep(path, found));
}
