import type { LogRecord } from '../core/records.ts';
import { logPruneArea } from './area-log-prune.ts';
import { keptOr } from './kept.ts';
import { type ManyRows, runMany } from './many-rows.ts';
import { findReady } from './ready-query.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { LogArea } from './store.ts';

type Row = Tables['log'];
/** The number of the newest line, as it is kept. */
const END = 'end of the log';

/** The account's log. */
export function logArea(scope: Scope): LogArea {
  const { db, accountId } = scope;
  const insert: ManyRows<Row, { id: number }> = {
    name: 'log',
    columns: ['accountId', 'id', 'at', 'name', 'subject', 'severity', 'code', 'event', 'deviceId', 'origin', 'audit'],
    write: (rows) =>
      db
        .insertInto('log')
        .values([...rows])
        // only the place of an event may be there already; a number that is taken is an error
        .onConflict((c) => c.columns(['accountId', 'deviceId', 'origin']).where('origin', 'is not', null).doNothing())
        .returning('id'),
  };
  const endOfLog = async (): Promise<number> => {
    const end = await findReady(scope, 'end of the log', [accountId], () =>
      db
        .selectFrom('log')
        .select((e) => e.fn.max('id').as('last'))
        .where('accountId', '=', accountId),
    );
    return Number(end?.last ?? 0);
  };
  const appendLogs: LogArea['appendLogs'] = async (lines) => {
    if (lines.length === 0) return [];
    const last = await keptOr(scope, END, endOfLog);
    const rows = lines.map(({ entry, origin, isDecision }, i): Row => {
      const place = origin ? `${origin.epoch}/${origin.seq}` : null;
      const { at, name, subject, severity, code, event, deviceId } = entry;
      return {
        accountId,
        id: last + 1 + i,
        at,
        name,
        subject,
        severity,
        code,
        event,
        deviceId,
        origin: place,
        audit: Number(subject === 'User' || isDecision === true),
      };
    });
    scope.kept.delete(END);
    const added = new Set((await runMany(scope, insert, rows)).map(({ id }) => Number(id)));
    scope.kept.set(END, Math.max(last, ...added));
    return rows.filter(({ id }) => added.has(id)).map(lineOf);
  };
  return {
    appendLogs,
    appendLog: async (entry, origin) => (await appendLogs([{ entry, ...(origin && { origin }) }]))[0],
    async log({ kind, afterId, limit, pools = 'all' }) {
      if (pools.length === 0) return [];
      let query = db
        .selectFrom('log')
        .select(['id', 'at', 'name', 'subject', 'severity', 'code', 'event', 'deviceId'])
        .where('accountId', '=', accountId);
      if (afterId !== undefined) query = query.where('id', '>', afterId);
      if (kind === 'error') query = query.where('severity', '=', 'error');
      if (kind === 'user' || kind === 'message')
        query = query.where('severity', '!=', 'error').where('subject', '=', kind === 'user' ? 'User' : 'Ewon');
      if (pools !== 'all')
        query = query.where('deviceId', 'in', (e) =>
          e
            .selectFrom('ewon')
            .select('deviceId')
            .where('accountId', '=', accountId)
            .where('pool', 'in', [...pools]),
        );
      return (await query.orderBy('id', 'desc').limit(limit).execute()).toReversed();
    },
    pruneLog: logPruneArea(scope).pruneLog,
  };
}

function lineOf({ accountId: _, origin: __, audit: ___, ...line }: Row): LogRecord {
  return line;
}
