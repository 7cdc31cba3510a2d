import { filledPieces, runMany } from './many-rows.ts';
import type { Tables } from './schema.ts';
import type { Scope } from './scope.ts';
import type { NumbersArea } from './store-users.ts';

/** Numbers of Ewons and pools. */
export function numbersArea(scope: Scope): NumbersArea {
  const { db, accountId } = scope;
  return {
    async numbersOf(whats) {
      const found = new Map<string, number>();
      for (const piece of filledPieces([...new Set(whats)])) {
        const rows = await db
          .selectFrom('t2mNumber')
          .select(['what', 'number'])
          .where('accountId', '=', accountId)
          .where('what', 'in', [...piece])
          .execute();
        for (const { what, number } of rows) found.set(what, number);
      }
      const without = [...new Set(whats)].filter((what) => !found.has(what));
      if (without.length === 0) return found;
      const { last } = await db
        .selectFrom('t2mNumber')
        .select((e) => e.fn.max('number').as('last'))
        .where('accountId', '=', accountId)
        .executeTakeFirstOrThrow();
      const made = without.map((what, i) => ({ accountId, what, number: Number(last ?? 0) + 1 + i }));
      await runMany<Tables['t2mNumber'], unknown>(
        scope,
        {
          name: 'give t2m numbers',
          columns: ['accountId', 'what', 'number'],
          write: (rows) => db.insertInto('t2mNumber').values([...rows]),
        },
        made,
      );
      for (const { what, number } of made) found.set(what, number);
      return found;
    },
    async whatOf(number) {
      const row = await db
        .selectFrom('t2mNumber')
        .select('what')
        .where('accountId', '=', accountId)
        .where('number', '=', number)
        .executeTakeFirst();
      return row?.what;
    },
    async retireNumber(what) {
      // the row stays: the number of the newest would be given again otherwise
      await db
        .updateTable('t2mNumber')
        .set((e) => ({ what: e.cast<string>(e.ref('number'), 'text') }))
        .where('accountId', '=', accountId)
        .where('what', '=', what)
        .execute();
    },
    standingReplacements: () =>
      db
        .selectFrom('replacement')
        .select(['deviceId', 'replacedId'])
        .where('accountId', '=', accountId)
        .where('undoneAt', 'is', null)
        .execute(),
  };
}
