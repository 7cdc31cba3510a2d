import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import type { Tables } from './schema.ts';
import type { Transactor } from './transactor.ts';

/** At most so many pieces of work share a commit, so that the first of them is answered before long. */
const TOGETHER_MAX = 64;
/** While there are requests to be read from sockets, more work is on its way; but the first piece waits no longer for it. */
const GATHER_MS = 8;
/** A turn of the event loop that took less had nothing to do. */
const QUIET_MS = 0.1;

// written down once: each piece of work has two of them
const SAVEPOINT = CompiledQuery.raw('SAVEPOINT piece');
const RELEASE = CompiledQuery.raw('RELEASE piece');
const ROLLBACK = CompiledQuery.raw('ROLLBACK TO piece');

type Piece = {
  readonly db: Kysely<Tables>;
  readonly work: (trx: Transaction<Tables>) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * For a database that only this process writes: what waits shares a commit, which is what costs, one flush of the disk.
 * Each piece of work is still alone: they run one after another, one that fails leaves nothing behind (its savepoint), and
 * none is told that it is done before the commit. When the commit fails, all have failed.
 */
export function transactTogether(): Transactor {
  const waiting: Piece[] = [];
  let isRunning = false;

  const run = async (): Promise<void> => {
    isRunning = true;
    while (waiting.length > 0) {
      await gather(waiting);
      await commit(waiting.splice(0, TOGETHER_MAX));
    }
    isRunning = false;
  };

  return <T>(db: Kysely<Tables>, work: (trx: Transaction<Tables>) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      // the value is of this very piece of work
      waiting.push({ db, work, resolve: resolve as Piece['resolve'], reject });
      if (!isRunning) void run();
    });
}

/**
 * Lets come in what shares the next commit. On a loop that has nothing else to do this is no wait at all; on one that is busy
 * with new connections, some turns of it: what it does meanwhile has to be done anyway, and a flush of the disk would stop it.
 */
async function gather(waiting: readonly Piece[]): Promise<void> {
  const begunMs = performance.now();
  for (let turnMs = begunMs; ; ) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    const nowMs = performance.now();
    const isQuiet = nowMs - turnMs < QUIET_MS;
    if (isQuiet || nowMs - begunMs >= GATHER_MS || waiting.length >= TOGETHER_MAX) return;
    turnMs = nowMs;
  }
}

/** Runs the pieces in one transaction. Never rejects: each piece is told by itself. */
async function commit(pieces: readonly Piece[]): Promise<void> {
  const [first] = pieces;
  if (!first) return;
  const done: (() => void)[] = [];
  try {
    await first.db
      .transaction()
      .setIsolationLevel('serializable')
      .execute(async (trx) => {
        for (const piece of pieces) done.push(await carryOut(piece, trx));
      });
  } catch (error) {
    for (const { reject } of pieces) reject(error);
    return;
  }
  for (const tell of done) tell();
}

/** @returns what tells how the piece went, once that is committed */
async function carryOut({ work, resolve, reject }: Piece, trx: Transaction<Tables>): Promise<() => void> {
  await trx.executeQuery(SAVEPOINT);
  try {
    const value = await work(trx);
    await trx.executeQuery(RELEASE);
    return () => resolve(value);
  } catch (error) {
    // a database that has given up the whole transaction, on a full disk say, knows no savepoint: then all have failed
    await trx.executeQuery(ROLLBACK);
    await trx.executeQuery(RELEASE);
    return () => reject(error);
  }
}
