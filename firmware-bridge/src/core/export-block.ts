import { err, ok, type Result } from '@ewon-agent/contracts';

// Export block descriptors: how an Ewon is asked for data, over HTTP, FTP and mail, `$dtHL$ftT$st_s30$et_m0$fnLog.txt` (RG-001 ch. 8, ewon-facts §4).
// A field is `$` and two lower-case letters; its value goes on to the next blank, `$` or `[`, or stands in quotes.

/** One field: `{name: 'dt', value: 'HL'}`. */
export type DescriptorField = { readonly name: string; readonly value: string };
export type BlockFormat = 'binary' | 'graph' | 'text' | 'html';
/** A kind of data: its `$dt`, what it is, which formats it comes in; the first is the one without `$ft`, where public material names one. */
export type BlockType = { readonly dt: string; readonly what: string; readonly formats: readonly BlockFormat[] };

/** Every `$dt` that public material names. */
export const BLOCK_TYPES: readonly BlockType[] = [
  block('AH', 'alarm history', 'text', 'html'),
  block('AR', 'alarms of this moment', 'text', 'html'),
  block('CF', 'configuration', 'binary'),
  block('ES', 'status (estat)', 'text', 'html'),
  block('EV', 'events', 'text', 'html'),
  block('FW', 'firmware', 'binary'),
  block('HL', 'history of tags', 'binary', 'graph', 'text', 'html'),
  block('HT', 'table of the history', 'binary', 'text', 'html'),
  block('IV', 'instant values of tags', 'binary', 'text'),
  block('PG', 'program', 'text'),
  block('PP', 'record of the PPP line', 'binary'),
  block('RE', 'diagnosis of this moment', 'text'),
  block('RL', 'values recorded in real time', 'binary', 'graph', 'text', 'html'),
  block('SC', 'communication settings', 'text', 'html'),
  block('SE', 'expression of a script', 'binary', 'text', 'html'),
  block('SS', 'state of scheduled actions', 'text', 'html'),
  block('SV', 'system variable', 'text'),
  block('TL', 'list of tags', 'text', 'html'),
  block('TR', 'archive', 'binary'),
  block('UF', 'file of the user', 'binary', 'text', 'html'),
];

/** Reads a descriptor; fields that nobody knows are kept, in their order. Codes: DESCRIPTOR_BAD. */
export function parseDescriptor(text: string): Result<readonly DescriptorField[]> {
  if (text.length > DESCRIPTOR_MAX_CHARACTERS) return err('DESCRIPTOR_BAD', `${text.length} characters`);
  const fields: DescriptorField[] = [];
  let at = 0;
  FIELD.lastIndex = 0;
  while (at < text.length) {
    FIELD.lastIndex = at;
    const field = FIELD.exec(text);
    if (!field?.[1]) return err('DESCRIPTOR_BAD', `character ${at + 1} begins no field`);
    fields.push({ name: field[1], value: field[2] ?? field[3] ?? '' });
    at = FIELD.lastIndex;
  }
  return checked(fields);
}

/**
 * Writes a descriptor; values that hold a blank, `$` or `[` are put in quotes. Refused are kinds nobody documents, and formats they do not come in.
 * Codes: DESCRIPTOR_BAD.
 */
export function formatDescriptor(fields: readonly DescriptorField[]): Result<string> {
  const sound = checked(fields);
  if (!sound.ok) return sound;
  const bad = fields.find(({ name, value }) => !/^[a-z]{2}$/.test(name) || !/^[ !#-~]*$/.test(value));
  if (bad) return err('DESCRIPTOR_BAD', `the field ${bad.name.slice(0, 8)} cannot be written`);
  return ok(fields.map(({ name, value }) => `$${name}${/[ $[]/.test(value) ? `"${value}"` : value}`).join(''));
}

const DESCRIPTOR_MAX_CHARACTERS = 512;
const FORMAT_LETTERS: Readonly<Record<string, BlockFormat>> = { B: 'binary', G: 'graph', T: 'text', H: 'html' };
const FIELD = /\$([a-z]{2})(?:"([^"]*)"|([^ $["]*)) */y;

function block(dt: string, what: string, ...formats: readonly BlockFormat[]): BlockType {
  return { dt, what, formats };
}

function checked(fields: readonly DescriptorField[]): Result<readonly DescriptorField[]> {
  const { name, value: dt = '' } = fields[0] ?? {};
  if (name !== 'dt') return err('DESCRIPTOR_BAD', 'it does not begin with $dt');
  const type = BLOCK_TYPES.find((known) => known.dt === dt);
  if (!type) return err('DESCRIPTOR_BAD', `$dt${dt.slice(0, 8)} is not documented`);
  const letter = fields.find((field) => field.name === 'ft')?.value;
  const format = letter === undefined ? type.formats[0] : FORMAT_LETTERS[letter];
  if (!format || !type.formats.includes(format))
    return err('DESCRIPTOR_BAD', `$dt${dt} does not come as $ft${letter?.slice(0, 8)}`);
  return ok(fields);
}
