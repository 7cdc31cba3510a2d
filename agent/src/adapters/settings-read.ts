import { statSync } from 'node:fs';
import { join } from 'node:path';
import { err, type Result } from '@ewon-agent/contracts';
import { readSavedSettings, type SavedSettings } from '../core/settings/settings.ts';
import { readIfThere } from './durable-file.ts';

// Apart from what changes it: every command reads it, and most have no use for SQLite.

/** Eleven commits of all that can be set are a tenth of this. */
const SETTINGS_MAX_BYTES = 512 * 1024;

/** Where what is set at the console is kept. */
export function settingsPath(stateDir: string): string {
  return join(stateDir, 'settings.json');
}

/** Reads what is set at the console. Codes: SETTINGS_DAMAGED. */
export function readSettings(stateDir: string): Result<SavedSettings> {
  const path = settingsPath(stateDir);
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > SETTINGS_MAX_BYTES) return err('SETTINGS_DAMAGED', `${path} is larger than ${SETTINGS_MAX_BYTES} bytes`);
    const read = readSavedSettings(readIfThere(path));
    return read.ok ? read : err('SETTINGS_DAMAGED', `${path}; ${read.fault.detail}`);
  } catch (cause) {
    return err('SETTINGS_DAMAGED', `${path} cannot be read`, cause);
  }
}

/** The file whose presence keeps this Ewon from being located, whatever is in it: nothing that is damaged can lift it. */
export function locationOffPath(stateDir: string): string {
  return join(stateDir, 'geolocation.off');
}
