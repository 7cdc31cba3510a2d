import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { hasWords, isPlain, plainPartsOf } from '../core/log-words.ts';
import type { LogRecord } from '../core/records.ts';
import { holds, patternOf } from './area-ewon-list.ts';
import { logPruneArea, OF_PART } from './area-log-prune.ts';
import { type ListArea, LOG_LOOKED_AT_ONCE, type LogAsk, type LogPlace, type LogSort } from './lists.ts';
import type { Scope } from './scope.ts';

type LogListArea = Pick<ListArea, 'logPage' | 'pruneLogBefore'>;
type Line = LogRecord & { readonly sortValue?: string };

/** In letters, as the indexes have it: SQLite does not take a partial index for values that are bound. */
const OF_KIND = {
  error: sql<SqlBool>`severity = 'error'`,
  user: sql<SqlBool>`severity <> 'error' and subject = 'User'`,
  message: sql<SqlBool>`severity <> 'error' and subject = 'Ewon'`,
};
/** As the index over them has it: errors about users as well. */
const OF_USERS = sql<SqlBool>`subject = 'User'`;
const VALUES: Readonly<Record<Exclude<LogSort, 'time'>, RawBuilder<string>>> = {
  name: sql`lower(name)`,
  subject: sql`subject`,
  kind: sql`case when severity = 'error' then 'error' when subject = 'User' then 'user' else 'message' end`,
  code: sql`coalesce(code, '')`,
  event: sql`lower(event)`,
};
/** What words are looked for in, as core/log-words.ts puts it together. */
const TEXT = sql<string>`(name || ' ' || coalesce(code, '') || ' ' || event)`;
const COLUMNS = ['id', 'at', 'name', 'subject', 'severity', 'code', 'event', 'deviceId'] as const;

/** Pages of the log. */
export function logListArea(scope: Scope): LogListArea {
  const { db, accountId } = scope;
  /** What an index answers in the order of time, from a place on; so many lines at most. */
  const looked = (ask: LogAsk, from: LogPlace | undefined, isItself: 'with' | 'after', order: 'up' | 'down') => {
    const direction = order === 'up' ? 'asc' : 'desc';
    let q = db.selectFrom('log').select(COLUMNS).where('accountId', '=', accountId);
    if (ask.deviceId !== undefined) q = q.where('deviceId', '=', ask.deviceId);
    // of one Ewon there are few lines, and they are sifted
    else if (ask.kind === 'error') q = q.where(OF_KIND.error);
    else if (ask.kind === 'user') q = q.where(OF_USERS);
    else if (ask.user !== undefined) q = q.where(OF_PART.audit);
    if (ask.from !== undefined) q = q.where('at', '>=', ask.from);
    if (ask.to !== undefined) q = q.where('at', '<', ask.to);
    if (from) {
      const beyond = sql.raw(`${order === 'up' ? '>' : '<'}${isItself === 'with' ? '=' : ''}`);
      q = q.where(sql<SqlBool>`(at, id) ${beyond} (${from[0]}, ${from[1]})`);
    }
    return q.orderBy('at', direction).orderBy('id', direction);
  };
  const sifted = (ask: LogAsk, from: LogPlace | undefined, isItself: 'with' | 'after', order: 'up' | 'down') => {
    const lines = looked(ask, from, isItself, order).select('audit').limit(LOG_LOOKED_AT_ONCE).as('looked');
    let q = db.selectFrom(lines).select(COLUMNS);
    if (ask.kind) q = q.where(OF_KIND[ask.kind]);
    if (ask.user !== undefined) q = q.where(isBy(ask.user));
    if (ask.called !== undefined) q = q.where('subject', '=', 'Ewon').where('name', '=', ask.called);
    if (ask.pools) {
      const pools = ask.pools.length > 0 ? [...ask.pools] : ['']; // none at all would be an error in SQL
      const seen = db.selectFrom('ewon').select('deviceId').where('accountId', '=', accountId);
      q = q.where('deviceId', 'in', seen.where('pool', 'in', pools));
    }
    for (const word of ask.words ?? []) q = q.where(isPlain(word) ? holds(sql`lower(${TEXT})`, word) : mayHold(word));
    return q;
  };

  const byTime = async (ask: LogAsk): ReturnType<LogListArea['logPage']> => {
    const { order, limit } = ask;
    const direction = order === 'up' ? 'asc' : 'desc';
    const from = ask.after?.after;
    const read = readFor(ask);
    const rows: readonly Line[] = isSifted(ask)
      ? await sifted(ask, from, 'after', order).orderBy('at', direction).orderBy('id', direction).limit(read).execute()
      : await looked(ask, from, 'after', order).limit(read).execute();
    const found = fitting(ask, rows);
    const lines = found.slice(0, limit).map(lineOf);
    const last = lines.at(-1);
    if (found.length > limit && last) return { lines, next: { after: [last.at, last.id] } };
    if (!isSifted(ask)) return { lines };
    const end = await looked(ask, from, 'after', order)
      .clearSelect()
      .select(['at', 'id'])
      .offset(LOG_LOOKED_AT_ONCE - 1)
      .limit(1)
      .executeTakeFirst();
    return { lines, ...(end && { next: { after: [end.at, Number(end.id)] } }) };
  };

  const byColumn = async (ask: LogAsk, sort: Exclude<LogSort, 'time'>): ReturnType<LogListArea['logPage']> => {
    const { order, limit, after } = ask;
    const top = after?.top ?? (await topOf(ask));
    if (!top) return { lines: [] };
    const value = VALUES[sort];
    const direction = order === 'up' ? 'asc' : 'desc';
    let q = sifted(ask, top, 'with', 'down').select(value.as('sortValue'));
    if (after?.value !== undefined) {
      const beyond = sql.raw(order === 'up' ? '>' : '<');
      q = q.where(sql<SqlBool>`(${value}, at, id) ${beyond} (${after.value}, ${after.after[0]}, ${after.after[1]})`);
    }
    const sorted = q.orderBy(value, direction).orderBy('at', direction).orderBy('id', direction);
    const found: readonly Line[] = fitting(ask, await sorted.limit(readFor(ask)).execute());
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const lines = page.map(lineOf);
    if (found.length <= limit || !last) return { lines };
    return { lines, next: { after: [last.at, Number(last.id)], value: last.sortValue ?? '', top } };
  };
  const topOf = async (ask: LogAsk): Promise<LogPlace | undefined> => {
    const row = await looked(ask, undefined, 'with', 'down')
      .clearSelect()
      .select(['at', 'id'])
      .limit(1)
      .executeTakeFirst();
    return row && [row.at, Number(row.id)];
  };

  return {
    logPage: (ask) => (ask.sort === 'time' ? byTime(ask) : byColumn(ask, ask.sort)),
    pruneLogBefore: logPruneArea(scope).pruneLogBefore,
  };
}

/** Tells whether lines are left out that an index does not leave out. */
function isSifted({ kind, deviceId, user, called, pools, words = [] }: LogAsk): boolean {
  if (pools !== undefined || words.length > 0 || user !== undefined || called !== undefined) return true;
  return kind === 'message' || kind === 'user' || (kind !== undefined && deviceId !== undefined);
}

/** What somebody did, and what he decided about an Ewon, which ends as LOG_TEXTS.orderedBy has it. What a device says may end so as well. */
function isBy(user: string): RawBuilder<SqlBool> {
  const decided = sql<SqlBool>`subject = 'Ewon' and audit = 1 and event like ${`%(by ${patternOf(user)}).`} escape '\\'`;
  return sql<SqlBool>`((subject = 'User' and name = ${user}) or (${decided}))`;
}

/** Tells whether a word may stand in a line: the parts that a database knows do, and something beyond ASCII. */
function mayHold(word: string): RawBuilder<SqlBool> {
  const parts = plainPartsOf(word).map(patternOf).join('%');
  return sql<SqlBool>`(octet_length(${TEXT}) > length(${TEXT}) and lower(${TEXT}) like ${`%${parts}%`} escape '\\')`;
}

/** Lines to read for a page: one more than it has tells whether there is a next one; all that may fit, where not all of them do. */
function readFor({ words = [], limit }: LogAsk): number {
  return words.every(isPlain) ? limit + 1 : LOG_LOOKED_AT_ONCE;
}

function fitting<L extends Line>({ words = [] }: LogAsk, lines: readonly L[]): readonly L[] {
  return words.every(isPlain) ? lines : lines.filter((line) => hasWords(line, words));
}

function lineOf({ sortValue: _, ...line }: Line): LogRecord {
  return { ...line, id: Number(line.id) };
}
