import { DAY_MS, timestampOf } from '@ewon-agent/contracts';
import { LIST_TEXTS } from '../core/list-texts.ts';
import { differencesOf, valuesOf } from '../core/log-changes.ts';
import { csvLines, LOG_CSV_HEAD, rawText } from '../core/log-lines.ts';
import { type House, transactAndTell } from '../house.ts';
import type { LogCursor, LogKept, LogWhere } from '../store/lists.ts';
import type { StoreTx } from '../store/store.ts';

/**
 * What is kept of the log until somebody says otherwise. Of devices: at a hundred lines a day for each of ten Ewons, a quarter of a year;
 * about 20 MB. Of users and decisions: what a yearly audit asks for, and some weeks to do it in.
 */
export const LOG_KEPT: LogKept = { lines: 100_000, days: null, auditDays: 400 };
/** About 100 MB: whoever may sign in, or fail to, does not fill the disk. */
const AUDIT_LINES_MAX = 500_000;
/** Read at once for an export: short enough that messages of devices wait for none of them. */
const EXPORTED_AT_ONCE = 1000;
/** Lines too old that one round of upkeep forgets in one transaction. */
const FORGOTTEN_AT_ONCE = 5000;

/** Says in the log that somebody takes it away as a file, before he has any of it: who stops halfway has read as well. */
export async function noteExport(house: House, where: LogWhere, format: 'csv' | 'text'): Promise<void> {
  const event = LIST_TEXTS.logExported(format, filtersTold(where));
  await transactAndTell(house, (tx, telling) => telling.noteDone(tx, { event }));
}

/** The log as it is now, oldest first, piece by piece: a million lines take as much memory as a few thousand. */
export async function* exportLog(house: House, where: LogWhere, format: 'csv' | 'text'): AsyncGenerator<string> {
  const { store, clock } = house;
  await noteExport(house, where, format);
  if (format === 'csv') yield LOG_CSV_HEAD;
  // what comes meanwhile is left out, or a busy account would never come to an end
  const end = timestampOf(clock.now() + 1);
  const to = where.to !== undefined && where.to < end ? where.to : end;
  let after: LogCursor | undefined;
  do {
    const ask = { ...where, to, sort: 'time', order: 'up', limit: EXPORTED_AT_ONCE, ...(after && { after }) } as const;
    const page = await store.transact((tx) => tx.logPage(ask));
    if (page.lines.length > 0) yield format === 'csv' ? csvLines(page.lines) : rawText(page.lines);
    after = page.next;
  } while (after);
}

/** How long lines are kept. */
export async function logKept({ store }: Pick<House, 'store'>): Promise<LogKept> {
  return store.transact(keptIn);
}

/** Changes how long lines are kept; upkeep forgets the others little by little. The same again is success and says nothing. */
export async function keepLog(house: House, change: Partial<LogKept>): Promise<LogKept> {
  return transactAndTell(house, async (tx, telling) => {
    const before = await keptIn(tx);
    const kept = { ...before, ...change };
    const changes = differencesOf(keptTold(before), keptTold(kept));
    if (changes.length === 0) return before;
    await tx.setDocument('logKept', kept);
    await telling.noteDone(tx, { event: LIST_TEXTS.logKept(changes) });
    telling.tell({ type: 'settings', id: 'log' });
    return kept;
  });
}

/**
 * Forgets lines that are too many or too old, each part by itself: what devices caused pushes out nothing of what people did and decided.
 * @param auditLines that are kept at most, whatever their age
 */
export async function forgetLog(
  { store, clock }: Pick<House, 'store' | 'clock'>,
  { auditLines }: { readonly auditLines: number } = { auditLines: AUDIT_LINES_MAX },
): Promise<void> {
  const { lines, days, auditDays } = await logKept({ store });
  const before = (age: number) => timestampOf(clock.now() - age * DAY_MS);
  const forget = async (some: (tx: StoreTx) => Promise<number>) => {
    while ((await store.transact(some)) === FORGOTTEN_AT_ONCE);
  };
  await forget((tx) => tx.pruneLog('devices', lines, FORGOTTEN_AT_ONCE));
  if (days !== null) await forget((tx) => tx.pruneLogBefore('devices', before(days), FORGOTTEN_AT_ONCE));
  await forget((tx) => tx.pruneLog('audit', auditLines, FORGOTTEN_AT_ONCE));
  await forget((tx) => tx.pruneLogBefore('audit', before(auditDays), FORGOTTEN_AT_ONCE));
}

/** Who asked for none to be older than so many days meant all lines, before there were two parts of them. */
async function keptIn(tx: StoreTx): Promise<LogKept> {
  const kept = await tx.document('logKept');
  return kept ? { ...kept, auditDays: kept.auditDays ?? kept.days ?? LOG_KEPT.auditDays } : LOG_KEPT;
}

function keptTold({ lines, days, auditDays }: LogKept) {
  return { lines, days, 'days of users and decisions': auditDays };
}

/** Not the words: the line would be found by them itself. */
function filtersTold({ kind, deviceId, called, user, words = [], from, to }: LogWhere): readonly string[] {
  const told = { kind, Ewon: deviceId ?? called, user, from, to };
  const values = Object.entries(told).flatMap(([what, value]) => (value === undefined ? [] : [[what, value] as const]));
  return [...valuesOf(Object.fromEntries(values)), ...(words.length > 0 ? ['by words'] : [])];
}
