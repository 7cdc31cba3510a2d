import { err, ok, type Result, withoutGrks } from '@ewon-agent/contracts';
import { parseComcfg, type SettingsFile } from './comcfg.ts';
import { doubtAbout } from './comcfg-keys.ts';
import { parseConfig, type Section } from './config-txt.ts';
import { parseEstatFile } from './estat.ts';
import { EVENTS_CIRCULATED, eventsIn } from './events.ts';
import { tagsIn } from './instant-values.ts';
import { type Cell, numberIn } from './row-line.ts';
import { type Shown, shownValue } from './secrets.ts';
import { parseTable } from './table-file.ts';
import type { RefusedLine } from './text-file.ts';

// What `ewon-bridge parse` prints: one record for each line that says something, in the order of the file. Nothing secret is in them.

/** One line of output. `line` counts from 1; `refused` is a code of contracts/src/codes.ts. */
export type ParsedRecord = Readonly<Record<string, unknown>> & { readonly line: number };
/** Reads a whole input. Codes: TEXT_TOO_LARGE, TEXT_ENCODING and what the format adds. */
export type FileParser = (bytes: Uint8Array) => Result<readonly ParsedRecord[]>;

/** The formats that are read as a whole. */
export const FILE_PARSERS = {
  comcfg: comcfgRecords,
  config: configRecords,
  estat: estatRecords,
  events: eventsRecords,
  tags: tagsRecords,
} as const satisfies Record<string, FileParser>;

/** Tells whether a record is that of a line that could not be read. */
export function isRefused(record: ParsedRecord): boolean {
  return 'refused' in record;
}

/** `{line, key, value}`, `{line, key, hidden}` or `{line, key, grkId}`; `doubt` where a value is not a documented one. */
function comcfgRecords(bytes: Uint8Array): Result<readonly ParsedRecord[]> {
  const file = parseComcfg(bytes);
  if (!file.ok) return file;
  const records = settingRecords(file.value).map((record) => {
    const doubt = typeof record.value === 'string' ? doubtAbout(record.key, record.value) : undefined;
    return { ...record, ...(doubt && { doubt }) };
  });
  return ok(inOrder(records, file.value.refused));
}

function estatRecords(bytes: Uint8Array): Result<readonly ParsedRecord[]> {
  const file = parseEstatFile(bytes);
  return file.ok ? ok(inOrder(settingRecords(file.value), file.value.refused)) : file;
}

/** `{line, section, key, value}` for a setting, `{line, section, row}` for a row of a list. */
function configRecords(bytes: Uint8Array): Result<readonly ParsedRecord[]> {
  const file = parseConfig(bytes);
  if (!file.ok) return file;
  const records = file.value.sections.flatMap((section) => [
    ...section.settings.map(({ line, key, value }) => ({
      line,
      section: section.name,
      key,
      ...shownValue(key, value),
    })),
    ...section.rows.map(({ line, cells }) => ({ line, section: section.name, row: shownRow(section, cells) })),
  ]);
  return ok(inOrder(records, file.value.refused));
}

/** `{line, localTime, when, text, origin, number, id, event}`; `circulated` where the file went around. */
function eventsRecords(bytes: Uint8Array): Result<readonly ParsedRecord[]> {
  const table = parseTable(bytes, 'EVENTS_LINE_BAD');
  if (!table.ok) return table;
  const { events, refused } = eventsIn(table.value);
  const records = events.map(({ line, event }) => ({
    line,
    ...event,
    text: withoutGrks(event.text),
    ...(event.event === EVENTS_CIRCULATED && { circulated: true }),
  }));
  return ok(inOrder(records, refused));
}

/** `{line, tag, value, quality}`. Codes: also TAGS_HEADER_MISSING. */
function tagsRecords(bytes: Uint8Array): Result<readonly ParsedRecord[]> {
  const table = parseTable(bytes, 'TAGS_LINE_BAD');
  if (!table.ok) return table;
  const read = tagsIn(table.value);
  if (!read) return err('TAGS_HEADER_MISSING');
  const records = read.tags.map(({ line, reading }) => {
    const { tag, value, quality } = reading;
    return { line, tag, value: typeof value === 'string' ? withoutGrks(value) : value, quality };
  });
  return ok(inOrder(records, read.refused));
}

function settingRecords({ settings }: SettingsFile) {
  return settings.map(({ line, key, value }): ParsedRecord & { key: string; value?: unknown } => ({
    line,
    key,
    ...shownValue(key, value),
  }));
}

function shownRow({ columns }: Section, cells: readonly Cell[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    cells.map((cell, i) => [columns[i] ?? '', plain(shownValue(columns[i] ?? '', cell.text), cell)]),
  );
}

/** In a row only what is hidden needs a word about it. */
function plain(shown: Shown, cell: Cell): unknown {
  return 'value' in shown ? (numberIn(cell) ?? shown.value) : shown;
}

function inOrder(read: readonly ParsedRecord[], refused: readonly RefusedLine[]): readonly ParsedRecord[] {
  const both = [
    ...read,
    ...refused.map(({ line, code, reason }) => ({ line, refused: code, reason: withoutGrks(reason) })),
  ];
  return both.sort((a, b) => a.line - b.line);
}
