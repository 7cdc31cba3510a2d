import type { StateStorePort, StoredEvent } from '../ports/state-store.ts';
import { assert, assertFault, assertOk, suite } from './suite.ts';

/** A place for one store, empty at first. */
export type StateStoreFixture = {
  /** Opens the store of this place; the one opened before was closed. */
  open(): StateStorePort;
  /** Spoils what is stored, while nothing has it open. `lost` takes all of it away, counter included. */
  spoil?(how: 'damaged' | 'lost'): void | Promise<void>;
  /** Tells whether what was damaged is still kept somewhere. */
  keepsDamaged?(): boolean | Promise<boolean>;
  /** The newest entries that are kept at least. */
  readonly keepEvents: number;
  close?(): unknown;
};

const event = (seq: number): StoredEvent => ({ seq, body: `{"seq":${seq},"text":"Halle Süd\\u0000"}` });
const seqs = (events: readonly StoredEvent[]) => events.map(({ seq }) => seq);

/** The obligations of {@link StateStorePort} but the power cut, which needs a process that can be killed: store-sqlite.integration.test.ts. */
export function stateStoreSuite(name: string, makeFixture: () => StateStoreFixture | Promise<StateStoreFixture>): void {
  suite(name, (test) => {
    type Body = (place: StateStoreFixture, open: () => StateStorePort) => void | Promise<void>;
    const on = (sentence: string, body: Body) =>
      test(sentence, async () => {
        const place = await makeFixture();
        let last: StateStorePort | undefined;
        const open = () => {
          last = place.open();
          return last;
        };
        try {
          await body(place, open);
        } finally {
          last?.close();
          await place.close?.();
        }
      });
    const reopen = (store: StateStorePort, open: () => StateStorePort) => {
      store.close();
      return open();
    };

    on('a new store holds nothing', (_, open) => {
      const store = open();
      assert.equal(assertOk(store.load()), undefined);
      assert.deepEqual([...store.unsentEvents(10), ...store.recentEvents(10)], []);
      assert.ok(store.epoch.length > 0);
    });

    on('the document that was saved last is loaded, at once and after it was opened again', (_, open) => {
      let store = open();
      for (const text of ['{"n":1}', '', '{"n":2,"name":"Süd 😀 \\u0000"}', `"${'x'.repeat(200_000)}"`]) {
        assertOk(store.save(text));
        assert.equal(assertOk(store.load()), text);
        store = reopen(store, open);
        assert.equal(assertOk(store.load()), text);
        assert.equal(assertOk(store.load()), text);
      }
    });

    on('a smaller document leaves nothing of a larger one', (_, open) => {
      const store = open();
      assertOk(store.save('x'.repeat(100_000)));
      assertOk(store.save('y'));
      assert.equal(assertOk(reopen(store, open).load()), 'y');
    });

    on('seq counts up from 1 and gives no number twice, also over openings', (_, open) => {
      let store = open();
      const { epoch } = store;
      const given: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        for (let i = 0; i < 5; i += 1) given.push(assertOk(store.nextSeq()));
        store = reopen(store, open);
        assert.equal(store.epoch, epoch);
      }
      assert.equal(given[0], 1);
      assert.ok(
        given.every((seq, i) => i === 0 || seq > (given[i - 1] ?? 0)),
        given.join(),
      );
    });

    on('the epoch is new when the counter was lost', async (place, open) => {
      if (!place.spoil) return; // a store of which nothing can be lost
      const store = open();
      const { epoch } = store;
      assertOk(store.nextSeq());
      store.close();
      await place.spoil('lost');
      const fresh = open();
      assert.notEqual(fresh.epoch, epoch);
      assert.equal(assertOk(fresh.nextSeq()), 1);
    });

    on('a damaged store is kept aside and told about once; then it is empty and can be used', async (place, open) => {
      if (!place.spoil) return; // a store that cannot be damaged
      const store = open();
      const { epoch } = store;
      assertOk(store.save('{"n":1}'));
      assertOk(store.appendEvent(event(assertOk(store.nextSeq()))));
      store.close();
      await place.spoil('damaged');
      const fresh = open();
      assertFault(fresh.load(), 'STATE_DAMAGED');
      assert.equal(assertOk(fresh.load()), undefined);
      assert.deepEqual(fresh.recentEvents(10), []);
      assert.notEqual(fresh.epoch, epoch);
      assertOk(fresh.save('{"n":2}'));
      assertOk(fresh.appendEvent(event(assertOk(fresh.nextSeq()))));
      assert.equal(assertOk(reopen(fresh, open).load()), '{"n":2}');
      assert.ok((await place.keepsDamaged?.()) ?? true);
    });

    on('events come back as they were given, oldest first, until they are marked sent', (_, open) => {
      let store = open();
      for (const seq of [1, 2, 5, 9]) assertOk(store.appendEvent(event(seq)));
      assert.deepEqual(store.unsentEvents(10), [1, 2, 5, 9].map(event));
      assert.deepEqual(seqs(store.unsentEvents(2)), [1, 2]);
      assertOk(store.markSent(1));
      assertOk(store.markSent(5));
      store = reopen(store, open);
      assert.deepEqual(seqs(store.unsentEvents(10)), [2, 9]);
      assert.deepEqual(seqs(store.recentEvents(10)), [1, 2, 5, 9]);
      assert.deepEqual(seqs(store.recentEvents(2)), [5, 9]);
    });

    on('marking twice, or marking what is not there, is no failure', (_, open) => {
      const store = open();
      assertOk(store.appendEvent(event(1)));
      for (const seq of [1, 1, 77]) assertOk(store.markSent(seq));
      assert.deepEqual(store.unsentEvents(10), []);
    });

    on('the newest events are kept, and the store does not grow without end', (place, open) => {
      const store = open();
      const last = place.keepEvents + 300;
      for (let seq = 1; seq <= last; seq += 1) assertOk(store.appendEvent(event(seq)));
      const kept = seqs(store.recentEvents(last));
      assert.deepEqual(
        kept.slice(-place.keepEvents),
        [...Array(place.keepEvents).keys()].map((i) => i + 301),
      );
      assert.ok(kept.length < last, `${kept.length} of ${last} kept`);
      assert.equal(store.unsentEvents(1)[0]?.seq, kept[0]);
    });
  });
}
