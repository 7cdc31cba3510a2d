import {
  type CardWishes,
  err,
  type Fault,
  type GrkId,
  holdsGrk,
  ok,
  parseGrkId,
  type Result,
} from '@ewon-agent/contracts';
import { checkNote } from './t2m-txt.ts';

// A list of devices, one row for each card image. All rows are judged before anything is made, and every fault is told with its line.

/** A row of a list as it was split: the line on which it ends, from 1 on. */
export type CsvRow = { readonly line: number; readonly cells: readonly string[] };

/** One image that is wanted. */
export type FleetRow = {
  readonly line: number;
  /** The name of the image, a plain file name. */
  readonly file: string;
  readonly note: string;
  /** A file that holds the key of this row, as it was written: relative to the list. */
  readonly keyFile?: string;
  /** Which key of the account; the one of the command unless given. */
  readonly keyId?: GrkId;
  readonly wishes: CardWishes;
};

/** Why a row cannot become a card. */
export type RowFault = { readonly line: number; readonly fault: Fault };

/** What the command says for all rows: where keys come from, and what every card asks for. */
export type FleetDefaults = { readonly from: 'account' | 'keyFile' | 'rows'; readonly wishes: CardWishes };

/** The rows of a list: all of them sound, or the faults of those that are not. */
export type Fleet = { readonly rows: readonly FleetRow[]; readonly faults: readonly RowFault[] };

/** What a list may hold; more is a list of something else. */
export const FLEET_MAX_ROWS = 10_000;

/**
 * Reads a list of devices. The first row names the columns, in any order and case: `name` (or `file`), and as needed `note`, `key-file`,
 * `key-id`, `receipt` and `wipe` (yes or no).
 * Codes: CSV_BAD, for the list as a whole; in the faults of rows also T2M_ENCODING and T2M_NOTE_TOO_LONG. None repeats what could be a key.
 */
export function readFleet([header, ...rows]: readonly CsvRow[], defaults: FleetDefaults): Result<Fleet> {
  const columns = columnsOf(header);
  if (!columns.ok) return columns;
  if (rows.length === 0) return err('CSV_BAD', 'it has no row below its first line');
  if (rows.length > FLEET_MAX_ROWS) return err('CSV_BAD', `${rows.length} rows, limit ${FLEET_MAX_ROWS}`);
  const sound: FleetRow[] = [];
  const faults: RowFault[] = [];
  const taken = new Map<string, number>();
  for (const row of rows) {
    const read = readRow(row, columns.value, defaults);
    const before = read.ok ? taken.get(read.value.file.toLowerCase()) : undefined;
    if (!read.ok) faults.push({ line: row.line, fault: read.fault });
    else if (before !== undefined) {
      faults.push({
        line: row.line,
        fault: err('CSV_BAD', `${read.value.file} is made by line ${before} already`).fault,
      });
    } else {
      taken.set(read.value.file.toLowerCase(), row.line);
      sound.push(read.value);
    }
  }
  return ok({ rows: sound, faults });
}

const COLUMNS = ['name', 'note', 'key-file', 'key-id', 'receipt', 'wipe'] as const;
type Column = (typeof COLUMNS)[number];

function columnsOf(header: CsvRow | undefined): Result<readonly Column[]> {
  const names = (header?.cells ?? []).map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replace(/^file$/, 'name'),
  );
  const columns: Column[] = [];
  for (const name of names) {
    const column = COLUMNS.find((known) => known === name);
    if (!column)
      return err('CSV_BAD', `there is no column of the name of number ${columns.length + 1} of the first line`);
    if (columns.includes(column)) return err('CSV_BAD', `the column ${column} is there twice`);
    columns.push(column);
  }
  return columns.includes('name') ? ok(columns) : err('CSV_BAD', 'the first line has no column "name"');
}

function readRow(
  { line, cells }: CsvRow,
  columns: readonly Column[],
  { from, wishes }: FleetDefaults,
): Result<FleetRow> {
  if (cells.length !== columns.length) return err('CSV_BAD', `${cells.length} cells for ${columns.length} columns`);
  // a list travels by mail and lies about; a key in it would as well
  if (cells.some(holdsGrk)) return err('CSV_BAD', 'a key stands in it; keys belong into key files');
  const cell = (column: Column) => cells[columns.indexOf(column)]?.trim() ?? '';
  const file = fileNameOf(cell('name'));
  if (!file.ok) return file;
  const note = checkNote(cell('note'));
  if (!note.ok) return note;
  const receipt = readWish('receipt', cell('receipt'), wishes.receipt);
  if (!receipt.ok) return receipt;
  const wipe = readWish('wipe', cell('wipe'), wishes.wipe);
  if (!wipe.ok) return wipe;
  const keyFile = cell('key-file');
  const keyId = cell('key-id') === '' ? undefined : parseGrkId(cell('key-id'));
  if (keyId && !keyId.ok) return err('CSV_BAD', 'key-id is 8 digits 0-9 a-f');
  if (from === 'account' && keyFile !== '') return err('CSV_BAD', 'key-file cannot stand beside --account');
  if (from !== 'account' && keyId) return err('CSV_BAD', 'key-id needs --account');
  if (from !== 'account' && (receipt.value || wipe.value)) return err('CSV_BAD', 'receipt and wipe need --account');
  if (from === 'rows' && keyFile === '') return err('CSV_BAD', 'no key: neither key-file, nor --key-file or --account');
  const key = { ...(keyFile !== '' && { keyFile }), ...(keyId && { keyId: keyId.value }) };
  return ok({
    line,
    file: file.value,
    note: cell('note'),
    ...key,
    wishes: { receipt: receipt.value, wipe: wipe.value },
  });
}

/** A plain name that every file system takes, with `.img` where it has no ending. */
function fileNameOf(name: string): Result<string> {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)) {
    return err('CSV_BAD', name === '' ? 'no name' : 'a name is 1 to 100 letters, digits, ".", "_" or "-"');
  }
  return ok(/\.[A-Za-z0-9]+$/.test(name) ? name : `${name}.img`);
}

function readWish(column: Column, text: string, usually: boolean): Result<boolean> {
  if (text === '') return ok(usually);
  const word = text.toLowerCase();
  if (['yes', 'true', '1'].includes(word)) return ok(true);
  return ['no', 'false', '0'].includes(word) ? ok(false) : err('CSV_BAD', `${column} is yes or no`);
}
