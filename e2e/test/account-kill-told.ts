import { assert } from '@ewon-agent/contracts/testing';
import type { Book, OtherYes } from './account-kill-book.ts';
import type { AskDatabase } from './account-kill-truth.ts';

// What the log of an account tells of the listed Ewons, held against what they are: a list that was imported is told of all
// of them, and an Ewon is what was told of it last.

/** What the log has told so far. */
export type Told = {
  /** Reads on. @throws when a list was imported by half, an Ewon is not what was told of it, or what the account said yes to is not told */
  read(ask: AskDatabase): Promise<void>;
};

const CHANGE = /(pool|description|custom field 1) "([^"]*)" → "([^"]*)"/g;

export function createTold({ listed, others }: Book): Told {
  let lastId = 0;
  let lists = 0;
  /** Of lists that were imported: of how many Ewons it was told. */
  const marks = new Map<string, number>();
  /** `deviceId pool` of each pool that a listed Ewon was in. */
  const pools = new Set<string>();
  const events = new Set<string>();
  const now = new Map<string, Map<string, string>>();
  const hear = (deviceId: string, event: string) => {
    for (const [, what = '', was = '', is = ''] of event.matchAll(CHANGE)) {
      const known = now.get(deviceId) ?? new Map<string, string>();
      now.set(deviceId, known.set(what, is));
      if (what === 'description') marks.set(is, (marks.get(is) ?? 0) + 1);
      if (what === 'pool') pools.add(`${deviceId} ${was}`).add(`${deviceId} ${is}`);
    }
  };
  const isTold = (yes: OtherYes) => {
    if (yes.to === 'import') return marks.has(yes.mark);
    return yes.to === 'move' ? pools.has(`${yes.deviceId} ${yes.pool}`) : events.has(yes.event);
  };
  return {
    async read(ask) {
      for (const { id, event, device_id: deviceId } of await ask(
        `select id, event, device_id from log where id > ${lastId} order by id`,
      )) {
        lastId = Number(id);
        events.add(String(event).replace(/: .*$/s, '.')); // without what was changed
        if (String(event).startsWith('A list of ')) lists += 1;
        if (listed.includes(String(deviceId))) hear(String(deviceId), String(event));
      }
      if (listed.length === 0) return;
      const ids = listed.map((id) => `'${id}'`).join(', ');
      const rows = await ask(`select device_id, pool, description, custom1 from ewon where device_id in (${ids})`);
      for (const { device_id: deviceId, pool, description, custom1 } of rows) {
        pools.add(`${deviceId} ${pool}`); // one that it was in from the beginning is told of nowhere
        const known = now.get(String(deviceId));
        const is = { pool, description, custom1 };
        const told = {
          pool: known?.get('pool') ?? pool,
          description: known?.get('description') ?? '',
          custom1: known?.get('custom field 1') ?? '',
        };
        assert.deepEqual(is, told, `Ewon ${deviceId} is what the log says`);
      }
      for (const [mark, ewons] of marks) assert.equal(ewons, listed.length, `"${mark}" is of all`);
      assert.equal(marks.size, lists, 'each list that the log names changed Ewons');
      const shown = new Set(rows.map(({ description }) => description));
      assert.equal(shown.size, 1, `one list at a time: ${[...shown]}`);
      for (const yes of others) assert.ok(isTold(yes), JSON.stringify(yes));
    },
  };
}
