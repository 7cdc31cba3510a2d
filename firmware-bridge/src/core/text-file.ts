import { err, KIB, ok, type Result } from '@ewon-agent/contracts';

// A text file of an Ewon as lines that can be written back byte for byte. Nobody says in which encoding such a file is:
// the device writes one byte a character, an editor on a PC may have made UTF-8 of it.

/** One line as it stands, without its end; a carriage return that no line feed follows is part of the line. */
export type TextLine = { readonly text: string; readonly end: '\r\n' | '\n' | '' };
/** Only the last line may have no end, and then it is not empty. */
export type TextFile = {
  readonly encoding: 'utf-8' | 'latin-1';
  readonly mark: 'utf-8' | 'none';
  readonly lines: readonly TextLine[];
};
/** A line that could not be read, and why; counted from 1. The reason repeats nothing of the line, which may hold a password. */
export type RefusedLine = { readonly line: number; readonly code: LineCode; readonly reason: string };
export type LineCode =
  | 'TEXT_LINE_TOO_LONG'
  | 'COMCFG_LINE_BAD'
  | 'CONFIG_LINE_BAD'
  | 'ESTAT_LINE_BAD'
  | 'EVENTS_LINE_BAD'
  | 'TAGS_LINE_BAD'
  | 'NMEA_SENTENCE_BAD'
  | 'NMEA_CHECKSUM_BAD'
  | 'NMEA_FIELD_BAD'
  | 'AT_LINE_BAD'
  | 'AT_FIELD_BAD';
/** Why a line could not be read, before it is known which one it is. */
export type LineFault = Omit<RefusedLine, 'line'>;

/** 2,500 tags with long values are about 250 KiB; strings may be longer. */
export const TEXT_MAX_BYTES = 2048 * KIB;
export const TEXT_MAX_LINES = 65_536;
/** A tag in `config.txt` has some 60 columns and is below 2 KiB. A longer line is kept, but not read. */
export const LINE_MAX_CHARACTERS = 16 * KIB;

/**
 * Takes a file apart. UTF-8 where all of it is valid and not plain ASCII, or a byte order mark says so; else Latin-1, which has a character for each
 * byte. {@link writeText} gives back the same bytes.
 * Codes: TEXT_TOO_LARGE, TEXT_ENCODING (UTF-16).
 */
export function readText(bytes: Uint8Array): Result<TextFile> {
  if (bytes.length > TEXT_MAX_BYTES) return err('TEXT_TOO_LARGE', `${bytes.length} bytes, limit ${TEXT_MAX_BYTES}`);
  const [a, b, c] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return err('TEXT_ENCODING', 'UTF-16');
  const marked = a === 0xef && b === 0xbb && c === 0xbf;
  const body = marked ? bytes.subarray(3) : bytes;
  const utf8 = marked || body.some((byte) => byte > 0x7f) ? utf8Of(body) : undefined;
  const lines = linesOf(utf8 ?? latin1Of(body));
  if (!lines) return err('TEXT_TOO_LARGE', `more than ${TEXT_MAX_LINES} lines`);
  return ok({ encoding: utf8 === undefined ? 'latin-1' : 'utf-8', mark: marked ? 'utf-8' : 'none', lines });
}

/** Takes a text apart that was decoded already. @returns undefined when it has too many lines */
export function textOf(text: string): TextFile | undefined {
  const lines = linesOf(text);
  return lines && { encoding: 'utf-8', mark: 'none', lines };
}

/** Puts a file together. What it holds must be writable in its encoding, see {@link isWritable}. */
export function writeText({ encoding, mark, lines }: TextFile): Uint8Array {
  const text = lines.map(({ text, end }) => text + end).join('');
  const body =
    encoding === 'utf-8' ? new TextEncoder().encode(text) : Uint8Array.from(text, (c) => c.charCodeAt(0) & 0xff);
  if (mark === 'none') return body;
  const marked = new Uint8Array(body.length + 3);
  marked.set([0xef, 0xbb, 0xbf]);
  marked.set(body, 3);
  return marked;
}

/** Tells whether a text can stand in a line of a file: no control characters, and characters that the encoding has. */
export function isWritable({ encoding }: TextFile, text: string): boolean {
  return !hasControls(text) && text.isWellFormed() && (encoding === 'utf-8' || /^[\0-\xff]*$/.test(text));
}

/** Tells whether a line holds control characters other than a tab. */
export function hasControls(text: string): boolean {
  return /[\0-\x08\x0a-\x1f\x7f]/.test(text);
}

/** Says what keeps a line from being read at all: its length. @returns undefined when nothing does */
export function tooLong(text: string): LineFault | undefined {
  if (text.length <= LINE_MAX_CHARACTERS) return undefined;
  return { code: 'TEXT_LINE_TOO_LONG', reason: `${text.length} characters, limit ${LINE_MAX_CHARACTERS}` };
}

/** Replaces lines, counted from 0; their ends stay. */
export function replaceLines(file: TextFile, texts: ReadonlyMap<number, string>): TextFile {
  return { ...file, lines: file.lines.map((line, i) => ({ ...line, text: texts.get(i) ?? line.text })) };
}

/**
 * Adds a line after another, counted from 0 (-1 is before the first), with the end that most lines of the file have. A file whose last line has no
 * end keeps it that way.
 */
export function insertLine(file: TextFile, after: number, text: string): TextFile {
  const end = usualEnd(file);
  const before = file.lines.slice(0, after + 1);
  const last = before.at(-1);
  const added: readonly TextLine[] =
    last?.end === ''
      ? [...before.slice(0, -1), { ...last, end }, { text, end: '' }]
      : [...before, { text, end: last?.end === undefined ? end : last.end }];
  return { ...file, lines: [...added, ...file.lines.slice(after + 1)] };
}

/** Tells whether a line is nothing but blanks. */
export function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** CRLF, which an Ewon writes, unless more lines end in LF alone. */
function usualEnd({ lines }: TextFile): '\r\n' | '\n' {
  const count = (end: string) => lines.filter((line) => line.end === end).length;
  return count('\n') > count('\r\n') ? '\n' : '\r\n';
}

function linesOf(text: string): readonly TextLine[] | undefined {
  const lines: TextLine[] = [];
  for (let at = 0; at < text.length; ) {
    if (lines.length === TEXT_MAX_LINES) return undefined;
    const feed = text.indexOf('\n', at);
    if (feed === -1) {
      lines.push({ text: text.slice(at), end: '' });
      break;
    }
    const crlf = feed > at && text[feed - 1] === '\r';
    lines.push({ text: text.slice(at, crlf ? feed - 1 : feed), end: crlf ? '\r\n' : '\n' });
    at = feed + 1;
  }
  return lines;
}

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8: then it is one byte a character
  }
}

/** Not by TextDecoder: its "latin1" is Windows-1252, where bytes and characters are not the same numbers. */
function latin1Of(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return pieces.join('');
}
