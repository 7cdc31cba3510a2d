// A line while it is typed: which bytes are keys, what the line is then, and what a terminal must be sent to show it.
//
// What is shown is a view: one row, never as wide as the terminal, so that nothing wraps and no terminal has to be asked for its size. A terminal
// follows by characters, BS, space and CR alone.

/** What is typed and not yet entered. Holds printable ASCII only. */
export type Line = {
  readonly text: string;
  /** Where the cursor is in it. */
  readonly at: number;
  /** More came than a line holds: what is left of it is not what somebody meant, so it is not run. */
  readonly isOver: boolean;
  /** Entered before, oldest first. */
  readonly history: readonly string[];
  /** How many entries back is shown; 0 is the line of one's own. */
  readonly back: number;
  /** The line of one's own, while another is shown. */
  readonly own: string;
  /** An escape sequence that is not complete: its bytes so far, at most {@link ESCAPE_KEPT}. */
  readonly escape: string;
};

/** A key that is more than editing. */
export type LineAct = 'enter' | 'help' | 'complete' | 'interrupt' | 'redraw';
/** One row as it stands on a terminal, and where its cursor is. */
export type View = { readonly text: string; readonly at: number };

export const LINE_MAX = 1024;
export const HISTORY_MAX = 50;
/** No key of a terminal is longer; of a longer sequence only the end matters. */
const ESCAPE_KEPT = 8;

export const EMPTY_LINE: Line = { text: '', at: 0, isOver: false, history: [], back: 0, own: '', escape: '' };

/**
 * Takes keys until one of them is more than editing. Total: what is no key is no harm.
 * @param bytes line ends are CR, see {@link joinEnds}
 * @param from the first that is taken
 * @param isPlain Tab and `?` are not keys: nobody types
 * @returns `used`: the first byte that was not taken; `rings`: the terminal should ring
 */
export function readKeys(line: Line, bytes: Uint8Array, from: number, isPlain: boolean) {
  let now = line;
  let rings = false;
  for (let i = from; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (now.escape === '' && now.text.length >= LINE_MAX && isTyped(byte, isPlain)) {
      rings ||= !now.isOver;
      if (!now.isOver) now = { ...now, isOver: true };
      continue; // megabytes may come here
    }
    const act = now.escape === '' || byte < 0x20 ? actOf(byte, isPlain) : undefined;
    if (act) return { line: { ...now, escape: '' }, rings, act, used: i + 1 };
    now = now.escape === '' ? typed(now, byte) : escaped(now, byte);
  }
  return { line: now, rings, act: undefined, used: bytes.length };
}

/** The line after it was entered: kept in the history, unless it is empty or the same again. */
export function entered(line: Line): Line {
  const { text, history, isOver } = line;
  const isKept = text.trim() !== '' && !isOver && history.at(-1) !== text;
  return { ...EMPTY_LINE, history: isKept ? [...history, text].slice(-HISTORY_MAX) : history };
}

/** The same with another text, the cursor behind it. */
export function withText(line: Line, text: string): Line {
  const kept = text.slice(0, LINE_MAX);
  return { ...line, text: kept, at: kept.length, isOver: line.isOver && kept !== '' };
}

/** CR, LF and CRLF as one CR, however they are cut. */
export function joinEnds(bytes: Uint8Array, wasCr: boolean): { readonly bytes: Uint8Array; readonly wasCr: boolean } {
  if (!bytes.includes(LF)) return { bytes, wasCr: bytes.length === 0 ? wasCr : bytes.at(-1) === CR };
  const joined = new Uint8Array(bytes.length);
  let size = 0;
  let isCr = wasCr;
  for (const byte of bytes) {
    if (byte !== LF || !isCr) joined[size++] = byte === LF ? CR : byte;
    isCr = byte === CR;
  }
  return { bytes: joined.subarray(0, size), wasCr: isCr };
}

/** The row of a line: where it does not fit, that part of it where the cursor is, with `$` where something is left out. */
export function viewOf(prompt: string, { text, at }: Pick<Line, 'text' | 'at'>, width: number): View {
  const room = Math.max(width - 1 - prompt.length, MIN_ROOM);
  if (text.length < room) return { text: prompt + text, at: prompt.length + at };
  const step = Math.floor(room / 2); // by halves, so that not every key paints the row anew
  const left = Math.max(0, Math.floor(at / step) - 1) * step;
  const shown = text.slice(left, left + room - 1);
  const cut = left > 0 ? `$${shown.slice(1)}` : shown;
  const isMore = left + room - 1 < text.length;
  return { text: prompt + cut + (isMore ? '$' : ''), at: prompt.length + at - left };
}

/** What makes of one row another, on a terminal that knows BS, space and CR. */
export function paint(old: View, next: View): string {
  const same = sameStart(old.text, next.text);
  if (same === old.text.length && same === next.text.length) return moved(next.text, old.at, next.at);
  const rest = next.text.slice(same);
  const blanks = Math.max(old.text.length - next.text.length, 0);
  const end = next.text.length + blanks;
  return moved(next.text, old.at, same) + rest + ' '.repeat(blanks) + '\b'.repeat(end - next.at);
}

/** Takes a row away; the cursor is in the first column then. */
export function wipe(old: View): string {
  return old.text === '' ? '' : `\r${' '.repeat(old.text.length)}\r`;
}

const CR = 0x0d;
const LF = 0x0a;
const ESC = '\x1b';
/** However narrow a terminal is said to be. */
const MIN_ROOM = 8;

function moved(text: string, from: number, to: number): string {
  return to < from ? '\b'.repeat(from - to) : text.slice(from, to);
}

function sameStart(a: string, b: string): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i += 1;
  return i;
}

function isTyped(byte: number, isPlain: boolean): boolean {
  return byte >= 0x20 && byte < 0x7f && (isPlain || byte !== 0x3f);
}

const ACTS: Readonly<Record<number, LineAct>> = { 3: 'interrupt', 12: 'redraw', 18: 'redraw', [CR]: 'enter' };

function actOf(byte: number, isPlain: boolean): LineAct | undefined {
  if (!isPlain && byte === 0x3f) return 'help';
  if (!isPlain && byte === 0x09) return 'complete';
  return ACTS[byte];
}

function typed(line: Line, byte: number): Line {
  const { text, at } = line;
  if (byte >= 0x20 && byte < 0x7f) {
    const more = text.slice(0, at) + String.fromCharCode(byte) + text.slice(at);
    return { ...line, text: more, at: at + 1 };
  }
  if (byte === 0x09) return typed(line, 0x20); // in what was sent: for who types it is a key
  return CONTROLS[byte]?.(line) ?? line;
}

type Edit = (line: Line) => Line;
const cut =
  (range: (line: Line) => readonly [number, number]): Edit =>
  (line) => {
    const [from, to] = range(line);
    const text = line.text.slice(0, from) + line.text.slice(to);
    return { ...line, text, at: from, isOver: line.isOver && text !== '' };
  };
const go =
  (to: (line: Line) => number): Edit =>
  (line) => ({ ...line, at: Math.min(Math.max(to(line), 0), line.text.length) });

const home = go(() => 0);
const end = go(({ text }) => text.length);
const left = go(({ at }) => at - 1);
const right = go(({ at }) => at + 1);
const rubOut = cut(({ at }) => [Math.max(at - 1, 0), at]);
const remove = cut(({ at }) => [at, at + 1]);
const older: Edit = (line) => recalled(line, line.back + 1);
const newer: Edit = (line) => recalled(line, line.back - 1);

const CONTROLS: Readonly<Record<number, Edit>> = {
  1: home, // ^A
  2: left, // ^B
  4: remove, // ^D; it never ends a session: a noisy line would
  5: end, // ^E
  6: right, // ^F
  8: rubOut, // BS
  11: cut(({ at, text }) => [at, text.length]), // ^K
  14: newer, // ^N
  16: older, // ^P
  21: cut(({ at }) => [0, at]), // ^U
  23: cut(({ at, text }) => [text.slice(0, at).replace(/[^ ]* *$/, '').length, at]), // ^W
  27: (line) => ({ ...line, escape: ESC }),
  127: rubOut, // DEL
};

function recalled(line: Line, back: number): Line {
  if (back < 0 || back > line.history.length) return line;
  const own = line.back === 0 ? line.text : line.own;
  return { ...withText(line, back === 0 ? own : (line.history.at(-back) ?? '')), back, own };
}

/** By the end of a sequence: CSI without its parameters, SS3, and the keys of CSI with a number. */
const SEQUENCES: Readonly<Record<string, Edit>> = {
  ...{ A: older, B: newer, C: right, D: left, H: home, F: end },
  ...{ '1~': home, '7~': home, '4~': end, '8~': end, '3~': remove },
};

/** A byte within an escape sequence. Its start says how it ends: a letter for CSI and SS3, BEL or ESC for the strings of OSC and the like. */
function escaped(line: Line, byte: number): Line {
  const kind = line.escape[1];
  if (byte === 0x1b) return { ...line, escape: ESC };
  if (kind !== undefined && STRINGS.includes(kind)) return byte === 7 ? { ...line, escape: '' } : line;
  if (byte < 0x20 || byte > 0x7e) return line;
  const key = String.fromCharCode(byte);
  if (kind === undefined) return { ...line, escape: '[O'.includes(key) || STRINGS.includes(key) ? ESC + key : '' };
  const isOpen = kind === '[' && (byte < 0x40 || (key === '[' && line.escape.length === 2)); // "ESC [ [ A" is F1 of a Linux console
  if (isOpen) return { ...line, escape: (line.escape + key).slice(0, ESCAPE_KEPT) };
  const done = { ...line, escape: '' };
  const known = kind === '[' ? line.escape.slice(2).replace(/;.*$/, '') : '';
  const name = key === '~' ? `${known}~` : known === '' || known === '1' ? key : '';
  return (Object.hasOwn(SEQUENCES, name) ? SEQUENCES[name] : undefined)?.(done) ?? done;
}

/** OSC, DCS, APC, PM, SOS. */
const STRINGS = ']P_^X';
