import { err, ok, type Result } from '@ewon-agent/contracts';
import { readSetting, type Setting, withSetting } from './comcfg.ts';
import { type Row, readCells } from './row-line.ts';
import { setCell } from './table-file.ts';
import { isBlank, type LineFault, type RefusedLine, readText, type TextFile, writeText } from './text-file.ts';

// config.txt, the configuration of an Ewon (SSH-0052, ewon-facts §3.2). A line `:Name` begins a section, `:` alone ends it. A section holds `Key:Value`
// lines, as `:System` does, or a list: a line of quoted names, then a row a line, as `:TagList` and `:UserList` do.

/** One section; `from` is the line of its name, `to` its last line that is not blank. Lines count from 1. */
export type Section = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly settings: readonly Setting[];
  /** The names of a list; none in a section of settings. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
};
export type ConfigFile = {
  readonly text: TextFile;
  readonly sections: readonly Section[];
  readonly refused: readonly RefusedLine[];
};

/** Reads config.txt; lines that fit nowhere are kept and named. Codes: TEXT_TOO_LARGE, TEXT_ENCODING. */
export function parseConfig(bytes: Uint8Array): Result<ConfigFile> {
  const text = readText(bytes);
  return text.ok ? ok(configIn(text.value)) : text;
}

/** Writes config.txt; one that was not changed comes out byte for byte as it was. */
export function writeConfig({ text }: ConfigFile): Uint8Array {
  return writeText(text);
}

/**
 * Sets a value in a section of settings: only its own bytes change, a new key goes to the end of the (last such) section.
 * Codes: SETTING_BAD (also where there is no such section).
 */
export function setConfig(
  file: ConfigFile,
  { section: name, key }: { readonly section: string; readonly key: string },
  value: string,
): Result<ConfigFile> {
  const sections = file.sections.filter((section) => section.name === name);
  const last = sections.at(-1);
  if (!last) return err('SETTING_BAD', `there is no section ${name}`);
  if (last.columns.length > 0) return err('SETTING_BAD', `the section ${name} is a list`);
  const settings = sections.flatMap((section) => section.settings);
  const text = withSetting(file.text, { key, value, settings, end: last.to });
  return text.ok ? ok(configIn(text.value)) : text;
}

/** Sets one cell of a list, by the number of its line and the name of its column. Codes: SETTING_BAD. */
export function setConfigCell(
  file: ConfigFile,
  { line, column }: { readonly line: number; readonly column: string },
  value: string,
): Result<ConfigFile> {
  const section = file.sections.find(({ rows }) => rows.some((row) => row.line === line));
  const row = section?.rows.find((candidate) => candidate.line === line);
  const text = setCell(file.text, { row, column: section?.columns.indexOf(column) ?? -1 }, value);
  return text.ok ? ok(configIn(text.value)) : text;
}

type Open = { name: string; from: number; to: number; settings: Setting[]; columns: readonly string[]; rows: Row[] };

function configIn(text: TextFile): ConfigFile {
  const sections: Open[] = [];
  const refused: RefusedLine[] = [];
  let open: Open | undefined;
  for (const [index, { text: written }] of text.lines.entries()) {
    const line = index + 1;
    if (isBlank(written)) continue;
    const name = SECTION.exec(written);
    if (name) {
      open = name[1] ? { name: name[1], from: line, to: line, settings: [], columns: [], rows: [] } : undefined;
      if (open) sections.push(open);
      continue;
    }
    const reason = open ? take(open, line, written) : bad('outside of any section');
    if (open) open.to = line;
    if (reason) refused.push({ line, ...reason });
  }
  return { text, sections, refused };
}

/** Takes a line into a section, or says why not. */
function take(open: Open, line: number, written: string): LineFault | undefined {
  const fresh = open.columns.length === 0 && open.settings.length === 0;
  if (open.columns.length === 0 && !(fresh && written.startsWith('"'))) {
    const setting = readSetting(written, 'CONFIG_LINE_BAD');
    if ('reason' in setting) return setting;
    open.settings.push({ line, ...setting });
    return undefined;
  }
  const cells = readCells(written, 'CONFIG_LINE_BAD');
  if ('reason' in cells) return cells;
  if (open.columns.length > 0) {
    if (cells.length > open.columns.length) return bad(`${cells.length} cells, ${open.columns.length} columns`);
    open.rows.push({ line, cells });
    return undefined;
  }
  if (cells.some((cell) => !cell.quoted)) return bad('a list begins with the quoted names of its columns');
  open.columns = cells.map((cell) => cell.text);
  return undefined;
}

function bad(reason: string): LineFault {
  return { code: 'CONFIG_LINE_BAD', reason };
}

const SECTION = /^:(?:([A-Za-z]\w{0,63})|)[ \t]{0,64}$/;
