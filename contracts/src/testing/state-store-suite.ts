import type { StateStorePort } from '../ports/state-store.ts';
import { assert, assertFault, assertOk, suite } from './suite.ts';

/** A place for one store, empty at first. */
export type StateStoreFixture = {
  /** Opens the store of this place; the one opened before was closed. */
  open(): StateStorePort;
  /** Spoils what is stored, while nothing has it open. */
  spoil?(): void | Promise<void>;
  /** Tells whether what was damaged is still kept somewhere. */
  keepsDamaged?(): boolean | Promise<boolean>;
  close?(): unknown;
};

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

    on('a damaged store is kept aside and told about once; then it is empty and can be used', async (place, open) => {
      if (!place.spoil) return; // a store that cannot be damaged
      const store = open();
      assertOk(store.save('{"n":1}'));
      store.close();
      await place.spoil();
      const fresh = open();
      assertFault(fresh.load(), 'STATE_DAMAGED');
      assert.equal(assertOk(fresh.load()), undefined);
      assertOk(fresh.save('{"n":2}'));
      assert.equal(assertOk(reopen(fresh, open).load()), '{"n":2}');
      assert.ok((await place.keepsDamaged?.()) ?? true);
    });
  });
}
