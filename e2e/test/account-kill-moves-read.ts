import { isDeepStrictEqual } from 'node:util';
import type { MovingEwon } from '@ewon-agent/account/core/imports/handover';
import type { ImportedEwon, ImportRecord } from '@ewon-agent/account/core/imports/imports';
import { assert } from '@ewon-agent/contracts/testing';
import type { AskDatabase } from './account-kill-truth.ts';

// What the database of an account says of imports, read past its server.

/** An account keeps so many that are over; older ones are forgotten. */
const OVER_KEPT = 100;

/** What is kept, and the state that it is found by. */
type Kept<T> = T & { readonly column: string };
type Import = Kept<ImportRecord> & { readonly ewons: readonly Kept<ImportedEwon>[] };
type Ewon = { readonly deviceId: string; readonly key: string; readonly link: string };
/** What an account knows of imports, on both sides. */
export type Moves = {
  readonly imports: ReadonlyMap<string, Import>;
  readonly moving: readonly Kept<MovingEwon>[];
  readonly ewons: ReadonlyMap<string, Ewon>;
  /** Ewons that an import let in. */
  readonly letIn: ReadonlySet<string>;
  /** Ids of the commands that order Ewons away. */
  readonly orders: ReadonlySet<string>;
  readonly log: readonly string[];
};

type Row = Readonly<Record<string, unknown>>;
const QUESTIONS = {
  imports: 'select state, body from account_import',
  imported: 'select import_id, state, body from imported_ewon',
  moving: 'select state, body from moving_ewon',
  ewons: 'select device_id, public_key, link from ewon',
  letIn: `select e.device_id from ewon e join registration r on r.registration_id = e.registration_id
    where r.evidence like '%"import"%' and r.state in ('approved', 'replaced')`,
  orders: `select command_id from command where name = 'move'`,
  log: `select event from log where event like '%mport%' or event like '%move%'`,
};
type Rows = Readonly<Record<keyof typeof QUESTIONS, readonly Row[]>>;

/**
 * Reads what an account knows of imports.
 * @param before what was read the last time: imports that are forgotten since are known from there
 * @throws when something is forgotten that must not be
 */
export async function readMoves(ask: AskDatabase, before?: Moves): Promise<Moves> {
  const rows = await rowsOf(ask);
  const imported = Map.groupBy(rows.imported, ({ import_id: id }) => String(id));
  const imports = new Map<string, Import>();
  for (const record of rows.imports.map(keptIn<ImportRecord>)) {
    const ewons = (imported.get(record.importId) ?? []).map(keptIn<ImportedEwon>);
    imports.set(record.importId, { ...record, ewons });
  }
  const astray = [...imported.keys()].filter((id) => !imports.has(id));
  assert.deepEqual(astray, [], 'Ewons of an import that is none');
  const isOver = ({ state }: Import) => state === 'done' || state === 'ended';
  const isFull = [...imports.values()].filter(isOver).length >= OVER_KEPT;
  for (const [id, known] of before?.imports ?? [])
    if (!imports.has(id)) {
      assert.ok(isFull && isOver(known), `the import ${id} was ${known.state}, and nobody knows of it`);
      imports.set(id, known);
    }
  const ewons = rows.ewons.map((row) => ({
    ...{ deviceId: String(row['device_id']), key: String(row['public_key']), link: String(row['link']) },
  }));
  return {
    imports,
    moving: rows.moving.map(keptIn<MovingEwon>),
    ewons: new Map(ewons.map((ewon) => [ewon.deviceId, ewon])),
    letIn: new Set(rows.letIn.map(({ device_id: id }) => String(id))),
    orders: new Set(rows.orders.map(({ command_id: id }) => String(id))),
    log: rows.log.map(({ event }) => String(event)),
  };
}

const keptIn = <T>({ state, body }: Row): Kept<T> => ({ ...JSON.parse(String(body)), column: String(state) });

/** The questions are no transaction: they are asked until a server that is not killed has written nothing between them. */
async function rowsOf(ask: AskDatabase): Promise<Rows> {
  const once = async (): Promise<Rows> => {
    const { imports, imported, moving, ewons, letIn, orders, log } = QUESTIONS;
    return {
      ...{ imports: await ask(imports), imported: await ask(imported), moving: await ask(moving) },
      ...{ ewons: await ask(ewons), letIn: await ask(letIn), orders: await ask(orders), log: await ask(log) },
    };
  };
  for (let last = await once(); ; ) {
    const again = await once();
    if (isDeepStrictEqual(again, last)) return again;
    last = again;
  }
}
