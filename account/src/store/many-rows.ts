import type { Compilable } from 'kysely';
import { runReady } from './ready-query.ts';
import type { Scope } from './scope.ts';

// Many rows by few statements. A statement is written down once for each of these sizes and then only given other
// values: 100 rows of 12 columns are far below the 32,766 values that SQLite takes, and three sizes of each statement
// do not push others out of what the database keeps prepared.
const SIZES = [100, 10, 1] as const;

/** A statement over many rows, as it is written down the first time. */
export type ManyRows<R, O> = {
  /** A name of its own within the store. */
  readonly name: string;
  /** The columns, in the order in which the statement takes the values of a row. */
  readonly columns: readonly (keyof R)[];
  readonly write: (rows: readonly R[]) => Compilable<O>;
};

/** Runs the statement over all rows, in their order. @returns what it returns, in no order */
export async function runMany<R, O>(
  scope: Scope,
  { name, columns, write }: ManyRows<R, O>,
  rows: readonly R[],
): Promise<readonly O[]> {
  const returned: O[] = [];
  for (const piece of piecesOf(rows)) {
    const key = `${name} ${piece.length}`;
    const parameters = piece.flatMap((row) => columns.map((column) => row[column]));
    // a statement has the columns in the order of the first row's members
    const done = await runReady(scope, key, parameters, () => write(piece.map((row) => inOrder(row, columns))));
    returned.push(...done.rows);
  }
  return returned;
}

function inOrder<R>(row: R, columns: readonly (keyof R)[]): R {
  return Object.fromEntries(columns.map((column) => [column, row[column]])) as R;
}

/** Cuts into pieces of these sizes, the largest first. */
function piecesOf<R>(rows: readonly R[]): readonly (readonly R[])[] {
  const pieces: (readonly R[])[] = [];
  let at = 0;
  for (const size of SIZES) for (; rows.length - at >= size; at += size) pieces.push(rows.slice(at, at + size));
  return pieces;
}

/** Cuts a list for `where … in`, and fills each piece up with its last value to one of the sizes above. */
export function filledPieces<T>(values: readonly T[]): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let at = 0; at < values.length; at += SIZES[0]) {
    const piece = values.slice(at, at + SIZES[0]);
    const size = SIZES.findLast((s) => s >= piece.length) ?? SIZES[0];
    pieces.push([...piece, ...new Array<T>(size - piece.length).fill(piece.at(-1) as T)]);
  }
  return pieces;
}
