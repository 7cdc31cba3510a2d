import type { Scope } from './scope.ts';
import type { LogArea } from './store.ts';

/** The account's log. */
export function logArea({ db, accountId }: Scope): LogArea {
  return {
    async appendLog(entry, origin) {
      const { last } = await db
        .selectFrom('log')
        .select((e) => e.fn.max('id').as('last'))
        .where('accountId', '=', accountId)
        .executeTakeFirstOrThrow();
      const line = { ...entry, id: Number(last ?? 0) + 1 };
      const done = await db
        .insertInto('log')
        .values({ ...line, accountId, origin: origin ? `${origin.epoch}/${origin.seq}` : null })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst();
      return Number(done.numInsertedOrUpdatedRows) > 0 ? line : undefined;
    },
    async log({ kind, afterId, limit }) {
      let query = db
        .selectFrom('log')
        .select(['id', 'at', 'name', 'subject', 'severity', 'code', 'event', 'deviceId'])
        .where('accountId', '=', accountId);
      if (afterId !== undefined) query = query.where('id', '>', afterId);
      if (kind === 'error') query = query.where('severity', '=', 'error');
      if (kind === 'user' || kind === 'message')
        query = query.where('severity', '!=', 'error').where('subject', '=', kind === 'user' ? 'User' : 'Ewon');
      return (await query.orderBy('id', 'desc').limit(limit).execute()).toReversed();
    },
    async pruneLog(keep) {
      const oldest = await db
        .selectFrom('log')
        .select('id')
        .where('accountId', '=', accountId)
        .orderBy('id', 'desc')
        .offset(keep)
        .limit(1)
        .executeTakeFirst();
      if (!oldest) return;
      await db.deleteFrom('log').where('accountId', '=', accountId).where('id', '<=', oldest.id).execute();
    },
  };
}
