import type { TagReading } from '@ewon-agent/contracts';
import { type Cell, NUMBER } from './row-line.ts';
import { type TableFile, tableIn } from './table-file.ts';
import { type RefusedLine, textOf } from './text-file.ts';

/** The export block descriptor of the instant values of all tags, as text. Source: ewon-facts §4, RG-001 p. 168. */
export const INSTANT_VALUES_DESCRIPTOR = '$dtIV$ftT';

export type InstantValues = { readonly readings: readonly TagReading[]; readonly refused: readonly RefusedLine[] };
/** A value and the line it stands in, from 1. */
export type TagLine = { readonly line: number; readonly reading: TagReading };

/**
 * Reads the export block of instant values: a header, then a line `1;"Level";40.5;0;0;65472` for each tag, LF or CRLF.
 * Columns are found by their name, so more of them, or another order, do no harm.
 * @returns undefined when this is no such block at all
 */
export function parseInstantValues(text: string): InstantValues | undefined {
  const lines = textOf(text);
  const read = lines && tagsIn(tableIn(lines, 'TAGS_LINE_BAD'));
  return read && { readings: read.tags.map(({ reading }) => reading), refused: read.refused };
}

/** Finds the values in a table, and what keeps other lines from being one. @returns undefined when its columns are not those of instant values */
export function tagsIn(
  table: TableFile,
): { readonly tags: readonly TagLine[]; readonly refused: readonly RefusedLine[] } | undefined {
  const at = (column: string) => table.columns.indexOf(column);
  const [name, value, quality] = [at('TagName'), at('Value'), at('Quality')];
  if (name === -1 || value === -1) return undefined;
  const tags: TagLine[] = [];
  const refused = [...table.refused];
  for (const { line, cells } of table.rows) {
    const reading = readingOf(cells[name], cells[value], cells[quality]);
    if (typeof reading === 'string') refused.push({ line, code: 'TAGS_LINE_BAD', reason: reading });
    else tags.push({ line, reading });
  }
  return { tags, refused: refused.sort((a, b) => a.line - b.line) };
}

const TAG_NAME_MAX_CHARACTERS = 64;
/** What `TagSample` takes; a string tag of an Ewon has 255 at most. */
const TEXT_MAX_CHARACTERS = 1024;

function readingOf(name?: Cell, value?: Cell, quality?: Cell): TagReading | string {
  if (!name?.text) return 'no name';
  if (name.text.length > TAG_NAME_MAX_CHARACTERS) return `a name of ${name.text.length} characters`;
  if (!value) return 'no value';
  if (!value.quoted && !NUMBER.test(value.text)) return `not a number: ${value.text.slice(0, 20)}`;
  const number = Number(value.text);
  if (!value.quoted && !Number.isFinite(number)) return `out of range: ${value.text.slice(0, 20)}`;
  const known = value.quoted ? value.text.slice(0, TEXT_MAX_CHARACTERS) : number;
  return { tag: name.text, value: known, quality: qualityOf(quality) };
}

/** Bits 7 and 6 of the quality as in OPC DA: 11 good, 01 uncertain, 00 bad; an Ewon writes 65472 for good. Good without one. */
function qualityOf(field: Cell | undefined): TagReading['quality'] {
  if (!field || !/^\d+$/.test(field.text)) return 'good';
  const bits = (Number(field.text) >> 6) & 3;
  return bits === 3 ? 'good' : bits === 1 ? 'uncertain' : 'bad';
}
