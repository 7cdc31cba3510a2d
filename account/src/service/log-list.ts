import { DAY_MS, timestampOf } from '@ewon-agent/contracts';
import { LIST_TEXTS } from '../core/list-texts.ts';
import { csvLines, LOG_CSV_HEAD, rawText } from '../core/log-lines.ts';
import { type House, transactAndTell } from '../house.ts';
import type { LogCursor, LogKept, LogWhere } from '../store/lists.ts';

/** Lines of the log that are kept until somebody says otherwise: at a hundred lines a day for each of ten Ewons, a quarter of a year; about 20 MB. */
export const LOG_KEPT: LogKept = { lines: 100_000, days: null };
/** Read at once for an export: short enough that messages of devices wait for none of them. */
const EXPORTED_AT_ONCE = 1000;
/** Lines too old that one round of upkeep forgets in one transaction. */
const FORGOTTEN_AT_ONCE = 5000;

/** The log as it is now, oldest first, piece by piece: a million lines take as much memory as a few thousand. */
export async function* exportLog(
  { store, clock }: House,
  where: LogWhere,
  format: 'csv' | 'text',
): AsyncGenerator<string> {
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
  return (await store.transact((tx) => tx.document('logKept'))) ?? LOG_KEPT;
}

/** Sets how long lines are kept; upkeep forgets the others little by little. */
export async function keepLog(house: House, kept: LogKept): Promise<LogKept> {
  return transactAndTell(house, async (tx, telling) => {
    await tx.setDocument('logKept', kept);
    const event = LIST_TEXTS.logKept(kept.lines, kept.days);
    await telling.noteDone(tx, { event });
    telling.tell({ type: 'settings', id: 'log' });
    return kept;
  });
}

/** Forgets lines that are too many or too old. */
export async function forgetLog({ store, clock }: Pick<House, 'store' | 'clock'>): Promise<void> {
  const { lines, days } = await logKept({ store });
  while ((await store.transact((tx) => tx.pruneLog(lines, FORGOTTEN_AT_ONCE))) === FORGOTTEN_AT_ONCE);
  if (days === null) return;
  const before = timestampOf(clock.now() - days * DAY_MS);
  while ((await store.transact((tx) => tx.pruneLogBefore(before, FORGOTTEN_AT_ONCE))) === FORGOTTEN_AT_ONCE);
}
