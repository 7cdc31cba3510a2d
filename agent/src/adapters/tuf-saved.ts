import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, Result } from '@ewon-agent/contracts';
import {
  readSavedFirstRoot,
  readSavedFloors,
  readSavedTrust,
  type SavedFirstRoot,
  type SavedFloors,
  type SavedTrust,
  savedTufText,
} from '../core/tuf-saved.ts';
import { readIfThere, writeDurably } from './durable-file.ts';

/** What is kept of a repository. Each call may throw an error of the file system. */
export type TufFiles = {
  load(): Loaded;
  saveFirstRoot(saved: SavedFirstRoot): void;
  saveFloors(saved: SavedFloors): void;
  saveTrust(saved: SavedTrust): void;
};
export type Loaded = {
  readonly firstRoot: SavedFirstRoot | undefined;
  readonly floors: SavedFloors | undefined;
  readonly trust: SavedTrust | undefined;
};

/**
 * Keeps it in a directory. A file that is damaged is set aside, so that somebody can look at it, and told.
 * @param tell Codes: PATCH_SAVED_DAMAGED
 */
export function tufFiles(dir: string, tell: (fault: Fault) => void): TufFiles {
  const path = (name: string) => join(dir, name);
  const last = new Map<string, string>();
  const read = <T>(name: string, reader: (text: string | undefined) => Result<T | undefined>): T | undefined => {
    const text = readIfThere(path(name));
    const saved = reader(text);
    if (saved.ok) {
      if (text === undefined) last.delete(name);
      else last.set(name, text);
      return saved.value;
    }
    renameSync(path(name), path(`${name}.damaged`)); // one of each name: room is short
    last.delete(name);
    tell(saved.fault);
    return undefined;
  };
  const write = (name: string, text: string) => {
    if (last.get(name) === text) return; // flash wears
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    last.delete(name);
    writeDurably(path(name), text);
    last.set(name, text);
  };
  return {
    load: () => ({
      firstRoot: read('first-root', readSavedFirstRoot),
      floors: read('floors', readSavedFloors),
      trust: read('trusted', readSavedTrust),
    }),
    saveFirstRoot: (saved) => write('first-root', savedTufText(saved)),
    saveFloors: (saved) => write('floors', savedTufText(saved)),
    saveTrust: (saved) => write('trusted', savedTufText(saved)),
  };
}
