import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { err, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { NO_SETTINGS, type SavedSettings, savedSettingsText } from '../core/settings/settings.ts';
import { type FileOwner, flushDirectory, writeDurably } from './durable-file.ts';
import { locationOffPath, readSettings, settingsPath } from './settings-read.ts';

/** A change is one small file; whoever waits longer than this waits for a disk that hangs. */
const LOCK_MS = 5 * SECOND_MS;

/**
 * Changes what is set at the console: read, changed and written while no other process does. What is damaged is set aside first.
 * Codes: STATE_UNWRITABLE, and those of the change.
 * @param change pure; a fault of it leaves everything as it was
 */
export function changeSettings<T>(
  stateDir: string,
  change: (saved: SavedSettings) => Result<{ readonly saved: SavedSettings; readonly value: T }>,
): Result<T> {
  let lock: DatabaseSync | undefined;
  try {
    const lockPath = join(stateDir, 'settings.lock');
    makeOwned(lockPath, statSync(stateDir));
    // the kernel lets go of a lock of SQLite when its process dies, however it dies
    lock = new DatabaseSync(lockPath, { timeout: LOCK_MS });
    lock.exec('BEGIN EXCLUSIVE');
    const read = readSettings(stateDir);
    if (!read.ok) setSettingsAside(stateDir);
    const before = read.ok ? read.value : NO_SETTINGS;
    const changed = change(before);
    if (!changed.ok) return changed;
    const { saved, value } = changed.value;
    if (saved !== before) writeDurably(settingsPath(stateDir), savedSettingsText(saved), 0o600, statSync(stateDir));
    return ok(value);
  } catch (cause) {
    return err('STATE_UNWRITABLE', settingsPath(stateDir), cause);
  } finally {
    lock?.close();
  }
}

/** Where root sets something, the agent's user must be able to go on with the file. A name that leads elsewhere is not followed. */
function makeOwned(path: string, owner: FileOwner): void {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  try {
    if (fstatSync(fd).uid !== owner.uid) fchownSync(fd, owner.uid, owner.gid);
  } finally {
    closeSync(fd);
  }
}

/** Renames what cannot be read, over what was set aside before: a disk that damages it again and again is not filled by that. */
export function setSettingsAside(stateDir: string): void {
  const path = settingsPath(stateDir);
  if (existsSync(path)) renameSync(path, `${path}.damaged`);
}

/** Switches location off or on at this device. On the disk when this returns. Codes: STATE_UNWRITABLE. */
export function switchLocation(stateDir: string, isOn: boolean, note: object): Result<void> {
  const path = locationOffPath(stateDir);
  try {
    if (isOn) {
      rmSync(path, { force: true });
      flushDirectory(dirname(path));
    } else writeDurably(path, JSON.stringify(note), 0o600, statSync(stateDir));
    return ok(undefined);
  } catch (cause) {
    return err('STATE_UNWRITABLE', path, cause);
  }
}

/** Who switched location off here, and when; undefined where it is not. */
export function locationOffBy(stateDir: string): { readonly by?: string; readonly at?: string } | undefined {
  const path = locationOffPath(stateDir);
  if (!existsSync(path)) return undefined;
  try {
    if (statSync(path).size > 4096) return {};
    const { by, at } = Object(JSON.parse(readFileSync(path, 'utf8')));
    return { ...(typeof by === 'string' && { by }), ...(typeof at === 'string' && { at }) };
  } catch {
    return {}; // it is off all the same
  }
}
