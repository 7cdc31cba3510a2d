import type { TagReading } from '@ewon-agent/contracts';

/** The export block descriptor of the instant values of all tags, as text. Source: ewon-facts §4, RG-001 p. 168. */
export const INSTANT_VALUES_DESCRIPTOR = '$dtIV$ftT';

/** A line that could not be read; counted from 1, the header is line 1. */
export type RefusedLine = { readonly line: number; readonly reason: string };
export type InstantValues = { readonly readings: readonly TagReading[]; readonly refused: readonly RefusedLine[] };

/**
 * Reads the export block of instant values: a header, then a line `1;"Level";40.5;0;0;65472` for each tag, LF or CRLF.
 * Columns are found by their name, so more of them, or another order, do no harm.
 * @returns undefined when this is no such block at all
 */
export function parseInstantValues(text: string): InstantValues | undefined {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const columns = fieldsOf(header)?.map(({ text: name }) => name) ?? [];
  const [name, value, quality] = [columns.indexOf('TagName'), columns.indexOf('Value'), columns.indexOf('Quality')];
  if (name === -1 || value === -1) return undefined;
  const readings: TagReading[] = [];
  const refused: RefusedLine[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const fields = fieldsOf(line);
    const read = fields ? readingOf(fields[name], fields[value], fields[quality]) : 'a quote that does not end';
    if (typeof read === 'string') refused.push({ line: at + 2, reason: read });
    else readings.push(read);
  }
  return { readings, refused };
}

type Field = { readonly text: string; readonly quoted: boolean };

const TAG_NAME_MAX_CHARACTERS = 64;
/** What `TagSample` takes; a string tag of an Ewon has 255 at most. */
const TEXT_MAX_CHARACTERS = 1024;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function readingOf(name?: Field, value?: Field, quality?: Field): TagReading | string {
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
function qualityOf(field: Field | undefined): TagReading['quality'] {
  if (!field || !/^\d+$/.test(field.text)) return 'good';
  const bits = (Number(field.text) >> 6) & 3;
  return bits === 3 ? 'good' : bits === 1 ? 'uncertain' : 'bad';
}

/** Splits a line at `;`. Strings stand in double quotes, in which `\` comes before quotes and itself. */
function fieldsOf(line: string): readonly Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at <= line.length; ) {
    if (line[at] === '"') {
      const quoted = QUOTED.exec(line.slice(at));
      if (!quoted) return undefined;
      fields.push({ text: (quoted[1] ?? '').replace(/\\(.)/g, '$1'), quoted: true });
      at += quoted[0].length + 1;
    } else {
      const end = line.indexOf(';', at);
      const to = end === -1 ? line.length : end;
      fields.push({ text: line.slice(at, to).trim(), quoted: false });
      at = to + 1;
    }
  }
  return fields;
}

/** A quoted string that ends before `;` or with the line. */
const QUOTED = /^"((?:[^"\\]|\\.)*)"(?=;|$)/;
