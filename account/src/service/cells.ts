import { err, KIB, ok, type Result, timestampOf } from '@ewon-agent/contracts';
import { type RefusedLine, readCellLine } from '../core/cell-line.ts';
import type { CellCount, CellRecord } from '../core/cells.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import { type House, transactAndTell } from '../house.ts';

/** How an import went. */
export type CellImport = {
  readonly lines: number;
  readonly taken: number;
  /** Of another country than asked for. */
  readonly left: number;
  /** Why lines were refused: how many, and the number of the first. */
  readonly refused: Readonly<Partial<Record<RefusedLine, { readonly lines: number; readonly first: number }>>>;
};

/** Cells of one transaction: it holds up what devices send for some 10 ms. */
const CELLS_AT_ONCE = 1000;
/** A line has 100 characters. One without an end is no line. */
const LINE_MAX_CHARACTERS = 1000;
/** A file with so many lines and no cell among them is of another kind. */
const LINES_WITHOUT_CELL_MAX = 1000;

/**
 * Takes a table of cells, text already. The same again changes nothing; what was taken of one that breaks off stays.
 * Places that may be found by it are looked for again. Codes: CELLS_UNREADABLE.
 * @param mcc the only country whose cells are taken
 */
export async function importCells(
  house: House,
  text: AsyncIterable<string>,
  { mcc }: { readonly mcc?: number },
): Promise<Result<CellImport>> {
  let [lines, taken, left] = [0, 0, 0];
  const refused = new Map<RefusedLine, { readonly lines: number; readonly first: number }>();
  // the later line of a cell counts, and no name may be twice in a statement
  const waiting = new Map<string, CellRecord>();
  const keep = async (): Promise<void> => {
    const cells = [...waiting.values()];
    waiting.clear();
    await house.store.transact((tx) => tx.keepCells(cells));
  };
  for await (const line of linesOf(text)) {
    lines += 1;
    const read = line.length > LINE_MAX_CHARACTERS ? ({ is: 'refused', why: 'length' } as const) : readCellLine(line);
    if (read.is === 'refused') {
      const before = refused.get(read.why) ?? { lines: 0, first: lines };
      refused.set(read.why, { ...before, lines: before.lines + 1 });
    } else if (read.is === 'cell' && mcc !== undefined && read.cell.mcc !== mcc) left += 1;
    else if (read.is === 'cell') {
      const { radio, mnc, area, cell } = read.cell;
      waiting.set(`${radio} ${read.cell.mcc} ${mnc} ${area} ${cell}`, read.cell);
      taken += 1;
    }
    if (lines === LINES_WITHOUT_CELL_MAX && taken + left === 0) break;
    if (waiting.size >= CELLS_AT_ONCE) await keep();
  }
  if (taken + left === 0) return err('CELLS_UNREADABLE', `no cell in ${lines} lines`);
  await keep();
  const refusedLines = [...refused.values()].reduce((sum, of) => sum + of.lines, 0);
  await transactAndTell(house, async (tx, telling, nowMs) => {
    const event = LOG_TEXTS.cellsImported(taken, refusedLines);
    await telling.noteDone(tx, { event });
    for (const record of await tx.locations())
      if (record.evidenceKey !== null && record.location?.source !== 'gnss')
        await tx.keepLocation({ ...record, dueAt: timestampOf(nowMs), tries: 0 });
  });
  house.locator.wake();
  return ok({ lines, taken, left, refused: Object.fromEntries(refused) });
}

/** How many cells the account knows of each network. */
export function countCells(house: House): Promise<readonly CellCount[]> {
  return house.store.transact((tx) => tx.countCells());
}

/** Lines without their ends. One that does not end is cut, so that it costs no memory. */
async function* linesOf(text: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  for await (const part of text) {
    const lines = (rest + part).split('\n');
    rest = (lines.pop() ?? '').slice(0, 64 * KIB);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest;
}
