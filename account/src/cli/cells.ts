import { createReadStream, statSync } from 'node:fs';
import { err, ok, type Result } from '@ewon-agent/contracts';
import type { CellCount } from '../core/cells.ts';
import type { CellImport } from '../service/cells.ts';
import type { AdminClient } from './admin-client.ts';
import { say, sayFault, table } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';

/** `account cells show` */
export async function showCells(io: Io, form: Form, admin: AdminClient): Promise<ExitStatus> {
  return say(io, form, await admin.ask<readonly CellCount[]>('GET', 'cells'), (networks) =>
    networks.length === 0
      ? 'No cells. "account cells import FILE" takes a table as OpenCelliD has it: docs/location-account.md.'
      : table(
          ['country', 'network', 'radio', 'cells'],
          networks.map(({ mcc, mnc, radio, cells }) => [String(mcc), String(mnc), radio, String(cells)]),
        ),
  );
}

/** `account cells import <file> [--mcc 206]` */
export async function importCellFile(
  io: Io,
  form: Form,
  admin: AdminClient,
  { file, mcc }: { readonly file: string; readonly mcc?: number },
): Promise<ExitStatus> {
  const size = sizeOf(file);
  if (!size.ok) return sayFault(io, form, size.fault);
  let tenths = 0;
  const onSent = (sent: number): void => {
    const now = Math.floor((sent * 10) / size.value);
    if (now > tenths) io.stderr(`${now * 10} %\n`);
    tenths = Math.max(tenths, now);
  };
  const path = mcc === undefined ? 'cells' : `cells?mcc=${mcc}`;
  const done = await admin.upload<CellImport>(path, createReadStream(file), onSent);
  return say(io, form, done, importText);
}

const REFUSED_WORDS: Readonly<Record<keyof CellImport['refused'], string>> = {
  columns: 'have too few columns',
  radio: 'are of a radio that no device tells',
  network: 'have a network that cannot be',
  cell: 'have an area or a cell that cannot be',
  place: 'have a place that cannot be',
  range: 'have a range that cannot be',
  length: 'are too long',
};

function importText({ lines, taken, left, refused }: CellImport): string {
  const words = Object.entries(REFUSED_WORDS).flatMap(([why, text]) => {
    const of = refused[why as keyof CellImport['refused']];
    return of ? [`refused ${of.lines} that ${text}; the first is line ${of.first}`] : [];
  });
  const others = left > 0 ? [`left out ${left} of other countries`] : [];
  return [`imported ${taken} cells of ${lines} lines`, ...others, ...words].join('\n');
}

function sizeOf(file: string): Result<number> {
  try {
    return ok(statSync(file).size);
  } catch (cause) {
    return err('CELLS_UNREADABLE', file, cause);
  }
}
