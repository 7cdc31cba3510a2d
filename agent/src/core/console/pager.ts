import { printable } from '@ewon-agent/contracts';

// Text on a terminal: rows that fit, and a page at a time.

/** Rows that were not shown yet. */
export type Pager = { readonly rest: readonly string[] };
export const MORE = ' --More-- ';

/**
 * Makes rows of lines: text from anywhere is harmless in them, and none is as wide as the terminal, where some begin a new row by themselves.
 * A line that is longer goes on below the place where what it says begins.
 */
export function rowsOf(lines: readonly string[], width: number): readonly string[] {
  return lines.flatMap((line) =>
    folded(printable(line.replaceAll('…', '...'), LINE_SHOWN).replaceAll('…', '...'), width - 1),
  );
}

/** The next rows of a page, and what is left then. Length 0: all of them. */
export function turned({ rest }: Pager, rows: number): readonly [readonly string[], Pager | undefined] {
  if (rows <= 0 || rest.length <= rows) return [rest, undefined];
  return [rest.slice(0, rows), { rest: rest.slice(rows) }];
}

/** What a key does at `--More--`: so many rows more, the end, or nothing. */
export function pagerKey(byte: number, length: number): number | 'quit' | undefined {
  if (byte === 0x20 || byte === 0x66) return pageRows(length); // space, f
  if (byte === 0x0d) return 1;
  return byte === 0x71 || byte === 0x51 || byte === 3 ? 'quit' : undefined; // q, Q, ^C
}

/** Rows of a page: the last row of the terminal is for `--More--`. */
export function pageRows(length: number): number {
  return length === 0 ? 0 : Math.max(length - 1, 1);
}

/** No line of ours is longer; one that is comes from outside. */
const LINE_SHOWN = 4000;
/** What remains for text beside an indent. */
const MIN_TEXT = 16;

function folded(line: string, max: number): readonly string[] {
  if (line.length <= max) return [line];
  const indent = indentOf(line, max);
  const rows: string[] = [];
  let rest = line;
  while (rest.length > max) {
    const blank = rest.lastIndexOf(' ', max);
    const at = blank > indent ? blank : max;
    rows.push(rest.slice(0, at).trimEnd());
    rest = ' '.repeat(indent) + rest.slice(at).trimStart();
  }
  return [...rows, rest];
}

/** Where the value of `Name      value` begins; of other lines, their own indent. */
function indentOf(line: string, max: number): number {
  const start = /^ *\S+(?: \S+)* {2,}/.exec(line)?.[0].length ?? /^ */.exec(line)?.[0].length ?? 0;
  return start <= max - MIN_TEXT ? start : 2;
}
