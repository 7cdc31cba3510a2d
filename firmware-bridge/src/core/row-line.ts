import { type LineCode, type LineFault, tooLong } from './text-file.ts';

// A line `1;"Level";40.5` of an export block or of a list in config.txt: cells between `;`, text in double quotes, in which `\` stands before quotes
// and itself.

/** One cell: its text, and where it stands in the line; of a quoted one `from` and `to` are inside of the quotes. */
export type Cell = { readonly text: string; readonly quoted: boolean; readonly from: number; readonly to: number };
/** A row of a table; `line` counts from 1. */
export type Row = { readonly line: number; readonly cells: readonly Cell[] };

/** Splits a line, or says why not. */
export function readCells(line: string, code: LineCode): readonly Cell[] | LineFault {
  const cells = tooLong(line) ?? cellsOf(line);
  return typeof cells === 'string' ? { code, reason: cells } : cells;
}

/** A tag in config.txt has some 60. */
const CELLS_MAX = 256;

function cellsOf(line: string): readonly Cell[] | string {
  const cells: Cell[] = [];
  for (let at = 0; at <= line.length; ) {
    if (cells.length === CELLS_MAX) return `more than ${CELLS_MAX} cells`;
    if (line[at] === '"') {
      const quoted = QUOTED.exec(line.slice(at));
      if (!quoted) return 'a quote that does not end';
      const [all, inside = ''] = quoted;
      cells.push({ text: inside.replace(/\\(.)/g, '$1'), quoted: true, from: at + 1, to: at + 1 + inside.length });
      at += all.length + 1;
    } else {
      const end = line.indexOf(';', at);
      const to = end === -1 ? line.length : end;
      cells.push({ ...trimmed(line, at, to), quoted: false });
      at = to + 1;
    }
  }
  return cells;
}

/**
 * Puts another value into a cell; everything else stays.
 * @returns undefined when the cell has no quotes and the value needs them
 */
export function withCell(line: string, cell: Cell, value: string): string | undefined {
  if (!cell.quoted && !/^[^;" \t]*$/.test(value)) return undefined;
  const written = cell.quoted ? value.replace(/["\\]/g, '\\$&') : value;
  return line.slice(0, cell.from) + written + line.slice(cell.to);
}

/** The number in a cell without quotes. @returns undefined when it is none, or too large to be one */
export function numberIn(cell: Cell | undefined): number | undefined {
  if (!cell || cell.quoted || !NUMBER.test(cell.text)) return undefined;
  const number = Number(cell.text);
  return Number.isFinite(number) ? number : undefined;
}

/** What a number looks like in an export block. */
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A quoted string that ends before `;` or with the line. */
const QUOTED = /^"((?:[^"\\]|\\.)*)"(?=;|$)/;

function trimmed(line: string, start: number, end: number): Pick<Cell, 'text' | 'from' | 'to'> {
  let [from, to] = [start, end];
  while (from < to && (line[from] === ' ' || line[from] === '\t')) from += 1;
  while (to > from && (line[to - 1] === ' ' || line[to - 1] === '\t')) to -= 1;
  return { text: line.slice(from, to), from, to };
}
