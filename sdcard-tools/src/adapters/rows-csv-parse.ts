import { err, ok, type Result } from '@ewon-agent/contracts';
import { CsvError, parse } from 'csv-parse/sync';
import type { CsvRow } from '../core/fleet.ts';
import { errnoOf } from '../volume/errno.ts';
import { readFileAtMost } from './read-at-most.ts';

/** 10,000 rows with notes take 2 MiB. */
const CSV_MAX_BYTES = 4 * 1024 * 1024;

/** A quote that is never closed would make one cell of all that follows. */
const RECORD_MAX_CHARACTERS = 16 * 1024;

/**
 * Reads a list from a CSV file (RFC 4180, UTF-8 with or without BOM): cells are divided by commas, or by semicolons where the first line
 * has these only, as spreadsheets of some countries write it. Empty lines are left out.
 * Codes: TARGET_MISSING, TARGET_REFUSED, CSV_BAD, CSV_NOT_UTF8.
 */
export async function readCsv(path: string): Promise<Result<readonly CsvRow[]>> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readFileAtMost(path, CSV_MAX_BYTES);
  } catch (error) {
    const errno = errnoOf(error);
    return err(errno === 'ENOENT' ? 'TARGET_MISSING' : 'TARGET_REFUSED', `the list: ${errno}`, error);
  }
  return bytes ? splitCsv(bytes) : err('CSV_BAD', `it is longer than ${CSV_MAX_BYTES} bytes`);
}

/** The same of bytes that are here already. Codes: CSV_BAD, CSV_NOT_UTF8. */
export function splitCsv(bytes: Uint8Array): Result<readonly CsvRow[]> {
  try {
    // the BOM goes away, and every end of a line counts as one
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
    const [first = ''] = text.split('\n', 1);
    const delimiter = first.includes(';') && !first.includes(',') ? ';' : ',';
    const rows: CsvRow[] = [];
    parse(text, {
      ...{ delimiter, skip_empty_lines: true, relax_column_count: true, max_record_size: RECORD_MAX_CHARACTERS },
      on_record: (cells: string[], { lines }) => {
        rows.push({ line: lines, cells });
        return null;
      },
    });
    return ok(rows);
  } catch (error) {
    if (error instanceof CsvError) return err('CSV_BAD', `line ${String(error['lines'])}: ${error.code}`, error);
    if (error instanceof TypeError) return err('CSV_NOT_UTF8', '', error);
    throw error;
  }
}
