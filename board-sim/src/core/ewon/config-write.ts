import type { Millis } from '@ewon-agent/contracts';
import { CONFIG_KEYS } from './config-keys.ts';
import { EVENT_IDS, withEvent } from './ewon-machine.ts';
import type { EwonState, EwonUser } from './ewon-state.ts';
import { QUALITY_GOOD } from './instant-values.ts';
import { decrypted } from './secrets.ts';
import { keyIn, readSettings } from './settings.ts';
import { any } from './takes.ts';

/**
 * Takes the sections System, TagList and UserList of a config.txt; other sections are left alone, and tags and users that it
 * does not name stay. A value that a key does not take is left out, with an event; a key that is unknown is kept.
 */
export function writeConfig(state: EwonState, text: string, atMs: Millis): EwonState {
  let after = state;
  for (const [name, lines] of sectionsOf(text)) {
    if (name === 'System') after = withSystem(after, lines.join('\n'), atMs);
    if (name === 'TagList') after = withTags(after, rowsOf(lines));
    if (name === 'UserList') after = withUsers(after, rowsOf(lines));
  }
  return after;
}

type Row = ReadonlyMap<string, string>;

function sectionsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^:(\w*)\s*$/.exec(line) ?? [];
    if (name === undefined) {
      lines.push(line);
      continue;
    }
    lines = sections.get(name) ?? [];
    sections.set(name, lines);
  }
  return sections;
}

function withSystem(state: EwonState, text: string, atMs: Millis): EwonState {
  let after = state;
  for (const [written, value] of readSettings(text)) {
    const key = keyIn(after.system, written) ?? written;
    const takes = CONFIG_KEYS.find((known) => known.key === key)?.takes ?? any;
    if (takes(value)) after = { ...after, system: new Map(after.system).set(key, value) };
    else after = withEvent(after, { atMs, text: `config-${key} not set`, origin: 'cfg', id: EVENT_IDS.notSet });
  }
  return after;
}

function rowsOf(lines: readonly string[]): readonly Row[] {
  const [columns = [], ...rows] = lines.filter((line) => line.trim() !== '').map(cellsOf);
  return rows.map((cells) => new Map(columns.map((column, i) => [column, cells[i] ?? ''])));
}

function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|;)(?:"((?:\\.|[^"\\])*)"|([^;]*))/g)].map(
    ([, text, bare]) => text?.replace(/\\(.)/g, '$1') ?? bare ?? '',
  );
}

function withTags(state: EwonState, rows: readonly Row[]): EwonState {
  const tags = new Map(state.tags);
  for (const row of rows) {
    const name = row.get('Name') ?? '';
    if (name !== '' && !tags.has(name))
      tags.set(name, { value: row.get('Type') === '6' ? '' : 0, quality: QUALITY_GOOD });
  }
  return { ...state, tags };
}

function withUsers(state: EwonState, rows: readonly Row[]): EwonState {
  const users = new Map(state.users.map((user) => [user.login.toLowerCase(), user]));
  for (const row of rows) {
    const login = row.get('Login') ?? '';
    const password = decrypted(row.get('Password') ?? '', state.device.serial);
    const rights = (row.get('Right') ?? '-1') === '-1' ? {} : ({ rights: 'view' } as const);
    const user: EwonUser | undefined = password === undefined ? undefined : { login, password, ...rights };
    if (login !== '' && user) users.set(login.toLowerCase(), user);
  }
  return { ...state, users: [...users.values()] };
}
