import { type SqlBool, sql } from 'kysely';
import type { ListArea, LogPlace } from './lists.ts';
import type { Scope } from './scope.ts';
import type { LogArea, LogPart } from './store.ts';

/** In letters, as the indexes have it: SQLite does not take a partial index for values that are bound. */
export const OF_PART: Readonly<Record<LogPart, ReturnType<typeof sql<SqlBool>>>> = {
  devices: sql<SqlBool>`audit = 0`,
  audit: sql<SqlBool>`audit = 1`,
};

/** How lines of the log are forgotten: each part by itself, so that one does not push out the other. */
export function logPruneArea({ db, accountId }: Scope): Pick<LogArea, 'pruneLog'> & Pick<ListArea, 'pruneLogBefore'> {
  const linesOf = (part: LogPart) =>
    db.selectFrom('log').select(['at', 'id']).where('accountId', '=', accountId).where(OF_PART[part]);
  const forget = async (old: ReturnType<typeof linesOf>, limit: number): Promise<number> => {
    const ids = old.clearSelect().select('id').orderBy('at').orderBy('id').limit(limit);
    const done = await db
      .deleteFrom('log')
      .where('accountId', '=', accountId)
      .where('id', 'in', ids)
      .executeTakeFirst();
    return Number(done.numDeletedRows);
  };
  return {
    async pruneLog(part, keep, limit) {
      const lines = linesOf(part).orderBy('at', 'desc').orderBy('id', 'desc');
      const newest = await lines.offset(keep).limit(1).executeTakeFirst();
      if (!newest) return 0;
      const place: LogPlace = [newest.at, newest.id];
      return forget(linesOf(part).where(sql<SqlBool>`(at, id) <= (${place[0]}, ${place[1]})`), limit);
    },
    pruneLogBefore: (part, at, limit) => forget(linesOf(part).where('at', '<', at), limit),
  };
}
