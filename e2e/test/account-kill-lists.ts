import { randomUUID } from 'node:crypto';
import type { BulkLine } from '@ewon-agent/account/http/list-views';
import type { Imported } from '@ewon-agent/account/service/ewon-list';
import { assert } from '@ewon-agent/contracts/testing';
import { ask, more, oneOf, type Work } from './account-kill-book.ts';

// Many Ewons at once: by a list, which is all or nothing, and by an order, which is each of them whole or not at all.

/** So many yeses to others lie between two of each, so that a large list keeps nobody from registering. */
const YESES_BETWEEN = 2;

/** Writes the same mark into all listed Ewons, and every other time moves them too. */
export async function importList({ account, book, chance }: Work): Promise<void> {
  const mark = `list ${randomUUID()}`;
  const pool =
    chance.fraction() < 0.5 ? oneOf(await account.api.get<readonly string[]>('/api/v1/pools'), chance) : undefined;
  const head = `deviceId,description,custom1${pool === undefined ? '' : ',pool'}`;
  const rows = book.listed.map((id) => `${id},${mark},${mark}${pool === undefined ? '' : `,${pool}`}`);
  const { changed, faulty } = await ask(book, 'import', () =>
    account.api.csv<Imported>('/api/v1/ewons/import', [head, ...rows, ''].join('\r\n')),
  );
  if (faulty > 0) return; // the pool was removed meanwhile
  assert.equal(changed, book.listed.length, 'all lines of the list change something');
  book.others.push({ to: 'import', mark });
  await more(book, YESES_BETWEEN);
}

export async function moveMany({ account, book, chance }: Work): Promise<void> {
  const pool = oneOf(await account.api.get<readonly string[]>('/api/v1/pools'), chance) ?? '';
  let told = 0;
  await ask(book, 'move many', () =>
    account.api.lines<BulkLine>('/api/v1/ewons/bulk', { do: 'move', pool, ewons: book.listed }, ({ id, ok }) => {
      told += 1;
      if (ok) book.others.push({ to: 'move', deviceId: id, pool });
    }),
  );
  assert.equal(told, book.listed.length, 'each of many is told');
  await more(book, YESES_BETWEEN);
}
