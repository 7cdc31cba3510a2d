import type { Millis } from '@ewon-agent/contracts';
import { htmlTable } from './cells.ts';
import { eventFileText } from './event-file.ts';
import type { EwonState } from './ewon-state.ts';
import { instantValuesText } from './instant-values.ts';
import { latin1Bytes } from './latin1.ts';
import { comcfgText, configText } from './settings-files.ts';
import { statusOf } from './status.ts';
import { tarOf } from './tar.ts';

// The files that an Ewon shows over FTP (RG-001 v1.5 §7.1). Most are no files: they are written when they are read.

/** Reads a file by its whole path. @returns undefined when there is none, or when it is for writing only */
export function readFile(state: EwonState, path: string, atMs: Millis): Uint8Array | undefined {
  const name = path.toLowerCase();
  if (name === '/backup.tar') return backupOf(state, atMs);
  const text = READABLE[name]?.(state);
  return text === undefined ? state.userFiles.get(path) : latin1Bytes(text);
}

/** The names in a folder, those of folders with a slash at the end. @returns undefined when there is no such folder */
export function namesIn({ userFiles }: EwonState, folder: string): readonly string[] | undefined {
  if (folder === '/') return [...Object.keys(READABLE).map((path) => path.slice(1)), 'backup.tar', 'usr/'];
  const below = [...userFiles.keys()].filter((path) => path.startsWith(`${folder}/`));
  if (folder !== '/usr' && below.length === 0) return undefined;
  return [...new Set(below.map((path) => path.slice(folder.length + 1).replace(/\/.*$/, '/')))];
}

const READABLE: Readonly<Record<string, (state: EwonState) => string>> = {
  '/events.htm': ({ events }) =>
    htmlTable(
      'events',
      events.entries.map(({ line }) => [line.trimEnd()]),
    ),
  '/estat.htm': (state) => htmlTable('estat', [...statusOf(state)]),
  '/inst_val.txt': (state) => instantValuesText(state.tags),
  '/events.txt': (state) => eventFileText(state.events),
  '/program.bas': (state) => state.program,
  '/config.txt': configText,
  '/comcfg.txt': comcfgText,
};

function backupOf(state: EwonState, atMs: Millis): Uint8Array {
  const files = new Map([
    ['config.txt', latin1Bytes(configText(state))],
    ['comcfg.txt', latin1Bytes(comcfgText(state))],
    ['program.bas', latin1Bytes(state.program)],
  ]);
  return tarOf(files, atMs);
}
