import { err, ok, type Result } from '@ewon-agent/contracts';
import { type Row, readCells, withCell } from './row-line.ts';
import {
  isBlank,
  isWritable,
  type LineCode,
  type RefusedLine,
  readText,
  replaceLines,
  type TextFile,
  tooLong,
  writeText,
} from './text-file.ts';

// An export block as text: rows of cells, perhaps after a line of quoted names.

export type TableFile = {
  readonly text: TextFile;
  /** The names in the first line; none when that is a row already. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly refused: readonly RefusedLine[];
};

/** Reads a table; lines that are no rows are kept, and refused with `code`. Codes: TEXT_TOO_LARGE, TEXT_ENCODING. */
export function parseTable(bytes: Uint8Array, code: LineCode): Result<TableFile> {
  const text = readText(bytes);
  return text.ok ? ok(tableIn(text.value, code)) : text;
}

/** Writes a table; one that was not changed comes out byte for byte as it was. */
export function writeTable({ text }: TableFile): Uint8Array {
  return writeText(text);
}

/**
 * Sets one cell of a text, by the number of its line (from 1) and of its column (from 0); no other byte changes.
 * Codes: SETTING_BAD.
 */
export function setCell(
  text: TextFile,
  { row, column }: { readonly row: Row | undefined; readonly column: number },
  value: string,
): Result<TextFile> {
  const cell = row?.cells[column];
  if (!row || !cell) return err('SETTING_BAD', 'there is no such row, or no such column in it');
  const changed = isWritable(text, value) ? withCell(text.lines[row.line - 1]?.text ?? '', cell, value) : undefined;
  if (changed === undefined) return err('SETTING_BAD', `line ${row.line}: characters that the cell cannot hold`);
  if (tooLong(changed)) return err('SETTING_BAD', `line ${row.line}: too long`);
  return ok(replaceLines(text, new Map([[row.line - 1, changed]])));
}

/** Reads the lines of a text as a table; `code` is what a line is refused with. */
export function tableIn(text: TextFile, code: LineCode): TableFile {
  const rows: Row[] = [];
  const refused: RefusedLine[] = [];
  let columns: readonly string[] = [];
  for (const [index, { text: written }] of text.lines.entries()) {
    if (isBlank(written)) continue;
    const line = index + 1;
    const cells = readCells(written, code);
    if ('reason' in cells) refused.push({ line, ...cells });
    else if (line === 1 && cells.length > 1 && cells.every(({ quoted }) => quoted)) columns = cells.map((c) => c.text);
    else rows.push({ line, cells });
  }
  return { text, columns, rows, refused };
}
