import { err, type Millis, ok, printable, type Result, timestampOf } from '@ewon-agent/contracts';
import { csvHead, csvRow } from '../core/csv.ts';
import { EXPORTED, type ImportFault, planImport } from '../core/ewon-import.ts';
import { changesOf, LIST_TEXTS } from '../core/list-texts.ts';
import type { EwonRecord } from '../core/records.ts';
import { type House, transactAndTell } from '../house.ts';
import type { EwonRowView } from '../http/list-views.ts';
import { ewonView } from '../http/views.ts';
import type { EwonAsk, EwonPlace, EwonWhere } from '../store/lists.ts';
import type { StoreTx } from '../store/store.ts';
import { undoableUntil } from './replacement.ts';

/** Rows of an export that are read at once, so that the list of any fleet takes the same memory. */
const EXPORTED_AT_ONCE = 200;
/** A page of Ewons, each with what its device told last, and how many there are in all. */
export async function ewonPage(
  house: House,
  ask: EwonAsk,
): Promise<{ readonly rows: readonly EwonRowView[]; readonly total: number; readonly next?: EwonPlace }> {
  return house.store.transact(async (tx) => {
    const { rows, next } = await tx.ewonPage(ask);
    const { sort: _, order: __, after: ___, limit: ____, ...where } = ask;
    const total = await tx.countEwons(where);
    return { rows: await ewonRows(tx, rows, house.clock.now()), total, ...(next && { next }) };
  });
}

/** Many Ewons as lists show them, by one question for each kind of what stands beside them. */
async function ewonRows(tx: StoreTx, ewons: readonly EwonRecord[], nowMs: Millis): Promise<readonly EwonRowView[]> {
  const ids = ewons.map(({ deviceId }) => deviceId);
  const open = Map.groupBy(
    (await tx.alarmsOf(ids)).filter((alarm) => alarm.open),
    ({ deviceId }) => deviceId,
  );
  const told = await tx.retainedOf(ids);
  const places = await tx.locationsOf(ids);
  const undoable = new Map(
    (await tx.replacementsOf(ids)).map((record) => [record.deviceId, undoableUntil(record, nowMs)]),
  );
  return ewons.map((ewon) => {
    const { deviceId } = ewon;
    const undoUntil = undoable.get(deviceId);
    const beside = { location: places.get(deviceId), alarms: open.get(deviceId)?.length ?? 0 };
    return { ...ewonView(ewon, { ...told.get(deviceId), ...beside }), ...(undoUntil && { undoUntil }) };
  });
}

/** The Ewons as CSV, piece by piece. What devices told of themselves is made harmless; what people wrote is as it is. */
export async function* exportEwons(house: House, where: EwonWhere): AsyncGenerator<string> {
  yield csvHead(EXPORTED);
  let [after, ewons]: [EwonPlace | undefined, number] = [undefined, 0];
  do {
    const ask: EwonAsk = { ...where, sort: 'name', order: 'up', limit: EXPORTED_AT_ONCE, ...(after && { after }) };
    const page = await house.store.transact((tx) => tx.ewonPage(ask));
    ewons += page.rows.length;
    yield page.rows.map((row) => csvRow(cellsOf(row))).join('');
    after = page.next;
  } while (after);
  await transactAndTell(house, (tx, telling) => telling.noteDone(tx, { event: LIST_TEXTS.exported(ewons) }));
}

function cellsOf(ewon: EwonRecord): readonly string[] {
  const { deviceId, serial, name, pool, description, customFields, link, online, lastSeenAt, createdAt } = ewon;
  return [
    ...[deviceId, serial, name, pool, description, ...customFields],
    ...[ewon.model, ewon.firmware, ewon.agent].map((text) => printable(text)),
    ...[link, online ? 'online' : 'offline', lastSeenAt ?? '', printable(ewon.note), createdAt],
  ];
}

/** What becomes of one Ewon, in words, and the line that says so. `name` is what it was called before. */
export type ImportedChange = { readonly line: number; readonly name: string; readonly changes: readonly string[] };
/** What an import does or would do. `faults` are the first hundred of `faulty`, `first` the first twenty of `changed`. */
export type Imported = {
  readonly lines: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly faulty: number;
  readonly faults: readonly ImportFault[];
  readonly first: readonly ImportedChange[];
};

/** A name that an Ewon of a pool has which is not seen here. */
async function namesElsewhere(
  tx: StoreTx,
  ewons: readonly EwonRecord[],
  changes: ReturnType<typeof planImport>['changes'],
): Promise<readonly ImportFault[]> {
  const seen = new Set(ewons.map(({ name }) => name));
  const faults: ImportFault[] = [];
  for (const { line, to } of changes) {
    if (!seen.has(to.name) && (await tx.ewonByName(to.name)))
      faults.push({ line, column: 'name', text: `another Ewon is called "${to.name}"` });
  }
  return faults;
}

/** More lines of faults are read by nobody: the file is of another kind then. */
const FAULTS_TOLD = 100;
/** Who looks at these sees whether it is the right file, and whether its letters are. */
const CHANGES_TOLD = 20;
/** In one transaction, in which nothing else is written meanwhile. */
export const IMPORT_ROWS_MAX = 10_000;

/**
 * Imports properties: all of the list or, with one fault in it, nothing.
 * @param how `try` only tells what would be
 * Codes: EWON_LIST_BAD (too many lines).
 */
export async function importEwons(
  house: House,
  rows: Parameters<typeof planImport>[0],
  textMax: number,
  how: 'try' | 'do',
): Promise<Result<Imported>> {
  const lines = Math.max(0, rows.length - 1);
  if (lines > IMPORT_ROWS_MAX) return err('EWON_LIST_BAD', `${lines} lines, at most ${IMPORT_ROWS_MAX}`);
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const ewons = await tx.ewons({ link: ['linked', 'unlinked'] });
    const plan = planImport(rows, { ewons, pools: await tx.pools() }, textMax);
    const { changes, unchanged } = plan;
    const faults = plan.faults.length > 0 ? plan.faults : await namesElsewhere(tx, ewons, changes);
    const told = { lines, changed: changes.length, unchanged, faulty: faults.length };
    const before = new Map(ewons.map((ewon) => [ewon.deviceId, ewon]));
    const after = changes.flatMap(({ deviceId, line, to }) => {
      const ewon = before.get(deviceId);
      return ewon ? [{ line, ewon, now: { ...ewon, ...to } }] : [];
    });
    const first = after
      .toSorted((a, b) => a.line - b.line)
      .slice(0, faults.length > 0 ? 0 : CHANGES_TOLD)
      .map(({ line, ewon, now }) => ({ line, name: ewon.name, changes: changesOf(ewon, now) }));
    const answer = ok({ ...told, faults: faults.slice(0, FAULTS_TOLD), first });
    if (how === 'try' || faults.length > 0 || changes.length === 0) return answer;
    await tx.keepProperties(after.map(({ now }) => now));
    const at = timestampOf(nowMs);
    await tx.appendLogs(
      after.map(({ ewon, now }) => ({
        entry: {
          ...{ name: house.person.name, subject: 'User', at, severity: 'info', code: null, deviceId: ewon.deviceId },
          event: LIST_TEXTS.edited(ewon.name, changesOf(ewon, now)),
        },
      })),
    );
    await telling.noteDone(tx, { event: LIST_TEXTS.imported(changes.length, lines) });
    telling.tell({ type: 'settings', id: 'ewons' }); // a page reads again, which is less than ten thousand rows
    return answer;
  });
}
