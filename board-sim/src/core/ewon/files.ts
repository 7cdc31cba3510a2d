import type { Millis } from '@ewon-agent/contracts';
import { instantValuesText } from '../instant-values-text.ts';
import { htmlTable } from './cells.ts';
import { writeComcfg } from './comcfg-write.ts';
import { eventFileText } from './event-file.ts';
import type { EwonState } from './ewon-state.ts';
import { latin1Bytes, latin1Text } from './latin1.ts';
import { comcfgText, configText } from './settings-files.ts';
import { statusOf } from './status.ts';

// The files that an Ewon shows over FTP (RG-001 v1.5 §7.1). Most are no files: they are written when they are read.

/** What became of a file that was put: the Ewon after it, or why it was refused. */
export type PutOutcome = { readonly state: EwonState; readonly refused?: string };

/** Reads a file by its whole path. @returns undefined when there is none, or when it is for writing only */
export function readFile(state: EwonState, path: string): Uint8Array | undefined {
  const text = READABLE[path.toLowerCase()]?.(state);
  return text === undefined ? state.userFiles.get(path) : latin1Bytes(text);
}

/** The names in a folder, those of folders with a slash at the end. @returns undefined when there is no such folder */
export function namesIn(state: EwonState, folder: string): readonly string[] | undefined {
  if (folder === '/') return [...Object.keys(READABLE).map((path) => path.slice(1)), 'usr/'];
  if (folder !== '/usr' && ![...state.userFiles.keys()].some((path) => path.startsWith(`${folder}/`))) return undefined;
  const below = [...state.userFiles.keys()].filter((path) => path.startsWith(`${folder}/`));
  const names = below.map((path) => path.slice(folder.length + 1).replace(/\/.*$/, '/'));
  return [...new Set(names)];
}

/** Tells whether a file of that path may be put at all; what it says may still be refused. */
export function mayPut(path: string): boolean {
  return path.startsWith('/usr/') || WRITABLE.has(path.toLowerCase());
}

/** Takes a file that was put, and does what the Ewon does with a file of that name. */
export function putFile(state: EwonState, path: string, bytes: Uint8Array, atMs: Millis): PutOutcome {
  if (path.startsWith('/usr/')) return { state: { ...state, userFiles: new Map(state.userFiles).set(path, bytes) } };
  switch (path.toLowerCase()) {
    case '/comcfg.txt':
      return { state: writeComcfg(state, latin1Text(bytes), atMs) };
    case '/program.bas':
      return { state: { ...state, program: latin1Text(bytes) } };
    default:
      return { state, refused: 'Permission denied' };
  }
}

const WRITABLE: ReadonlySet<string> = new Set(['/comcfg.txt', '/program.bas']);

const READABLE: Readonly<Record<string, (state: EwonState) => string>> = {
  '/events.htm': (state) =>
    htmlTable(
      'events',
      state.events.entries.map(({ line }) => [line.trimEnd()]),
    ),
  '/estat.htm': (state) => htmlTable('estat', [...statusOf(state)]),
  '/inst_val.txt': (state) => instantValuesText(state.tags),
  '/events.txt': (state) => eventFileText(state.events),
  '/program.bas': (state) => state.program,
  '/config.txt': configText,
  '/comcfg.txt': comcfgText,
};
