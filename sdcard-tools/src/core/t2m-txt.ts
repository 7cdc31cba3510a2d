import {
  err,
  type Grk,
  NOTE_MAX_CHARACTERS,
  ok,
  parseGrk,
  type Result,
  T2M_TXT_MAX_BYTES,
} from '@ewon-agent/contracts';

// T2M.txt, the genuine registration file (AUG-0062 §5.5, ewon-facts §1.4): `T2MKey:` once, `T2MNote:` at most once, any
// order, ASCII, CRLF or LF. No fault repeats anything of the file, because any line may hold the key.

/** What T2M.txt says; `note` is '' when there is none. */
export type T2mTxt = { readonly grk: Grk; readonly note: string };

/**
 * Reads T2M.txt strictly. One UTF-8 BOM, blank lines and a missing last newline are allowed; key names are exact, nothing may stand
 * around the key, and a note is taken as it stands, blanks included.
 * Codes: CARD_TOO_LARGE, T2M_EMPTY, T2M_ENCODING, T2M_LINE_END, T2M_LINE_UNKNOWN, T2M_KEY_MISSING, T2M_KEY_TWICE, T2M_KEY_FORM,
 * T2M_NOTE_TWICE, T2M_NOTE_TOO_LONG. With several malformations it names encoding before line ends before the first bad line.
 */
export function parseT2mTxt(bytes: Uint8Array): Result<T2mTxt> {
  const text = readText(bytes);
  if (!text.ok) return text;
  let grk: Grk | undefined;
  let note: string | undefined;
  for (const [index, line] of text.value.split('\n').entries()) {
    const where = `line ${index + 1}`;
    if (/^ *$/.test(line)) continue;
    if (line.startsWith(KEY)) {
      if (grk) return err('T2M_KEY_TWICE', where);
      const value = line.slice(KEY.length);
      const parsed = parseGrk(value);
      if (!parsed.ok) return err('T2M_KEY_FORM', `${where}, ${value.length} characters${blanksAround(value)}`);
      grk = parsed.value;
    } else if (line.startsWith(NOTE)) {
      if (note !== undefined) return err('T2M_NOTE_TWICE', where);
      note = line.slice(NOTE.length);
      if (note.length > NOTE_MAX_CHARACTERS) return err('T2M_NOTE_TOO_LONG', `${where}, ${note.length} characters`);
    } else {
      return err('T2M_LINE_UNKNOWN', `${where}, ${line.length} characters`);
    }
  }
  return grk ? ok({ grk, note: note ?? '' }) : err('T2M_KEY_MISSING');
}

/**
 * Writes T2M.txt as genuine tools do: ASCII, CRLF, key then note, no note line for an empty note.
 * Codes: those of {@link checkNote}.
 */
export function formatT2mTxt(content: { readonly grk: Grk; readonly note?: string }): Result<Uint8Array> {
  const checked = checkNote(content.note ?? '');
  if (!checked.ok) return checked;
  const note = checked.value;
  const lines = [`${KEY}${content.grk}`, ...(note === '' ? [] : [`${NOTE}${note}`])];
  return ok(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join('')));
}

/** Tells whether T2M.txt can hold a note. Codes: T2M_ENCODING (not printable ASCII), T2M_NOTE_TOO_LONG. */
export function checkNote(note: string): Result<string> {
  if (!PRINTABLE.test(note)) return err('T2M_ENCODING', 'the note');
  if (note.length > NOTE_MAX_CHARACTERS) return err('T2M_NOTE_TOO_LONG', `${note.length} characters`);
  return ok(note);
}

const KEY = 'T2MKey:';
const NOTE = 'T2MNote:';
const PRINTABLE = /^[ -~]*$/;

/** Bytes to printable ASCII with LF line ends. */
function readText(bytes: Uint8Array): Result<string> {
  if (bytes.length > T2M_TXT_MAX_BYTES) {
    return err('CARD_TOO_LARGE', `T2M.txt is ${bytes.length} bytes, limit ${T2M_TXT_MAX_BYTES}`);
  }
  const [a, b, c] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return err('T2M_ENCODING', 'it is UTF-16');
  const body = a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes; // Windows Notepad writes a BOM
  const text = String.fromCharCode(...body);
  const foreign = text.search(/[^\r\n -~]/);
  if (foreign >= 0) return err('T2M_ENCODING', `line ${text.slice(0, foreign).split('\n').length}`);
  const bareCr = text.search(/\r(?!\n)/);
  if (bareCr >= 0) return err('T2M_LINE_END', `line ${text.slice(0, bareCr).split('\n').length}`);
  const lines = text.replaceAll('\r\n', '\n');
  return /[^ \n]/.test(lines) ? ok(lines) : err('T2M_EMPTY', `${bytes.length} bytes`);
}

function blanksAround(value: string): string {
  return value === value.trim() ? '' : ', blanks around the key';
}
