import { ok, type StateStorePort, type StoredEvent } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createBoard } from '../board.ts';
import { gateLog, gateStore } from './gates.ts';

/** A store in memory, as far as a gate can tell. */
function memory(): StateStorePort & { saved(): string | undefined } {
  let document: string | undefined;
  let seq = 0;
  const events: StoredEvent[] = [];
  return {
    epoch: 'e1',
    saved: () => document,
    load: () => ok(document),
    save(next) {
      document = next;
      return ok(undefined);
    },
    nextSeq: () => ok(++seq),
    appendEvent: (event) => ok(void events.push(event)),
    unsentEvents: () => events,
    recentEvents: () => events,
    markSent: () => ok(undefined),
    close: () => {},
  };
}

suite('store and log behind the power', (test) => {
  test('with power everything passes', () => {
    const store = gateStore(createBoard(), memory());
    assertOk(store.save('a'));
    assert.equal(assertOk(store.load()), 'a');
    assert.equal(assertOk(store.nextSeq()), 1);
    assertOk(store.appendEvent({ seq: 1, body: '{}' }));
    assertOk(store.markSent(1));
    assert.equal(store.unsentEvents(9).length, 1);
    assert.equal(store.recentEvents(9).length, 1);
    assert.equal(store.epoch, 'e1');
  });

  test('without power nothing is written any more, and what was saved stays', () => {
    const board = createBoard();
    const file = memory();
    const store = gateStore(board, file);
    assertOk(store.save('before'));
    board.power.cut();
    assertFault(store.save('after'), 'STATE_UNWRITABLE');
    assertFault(store.nextSeq(), 'STATE_UNWRITABLE');
    assertFault(store.appendEvent({ seq: 1, body: '{}' }), 'STATE_UNWRITABLE');
    assertFault(store.markSent(1), 'STATE_UNWRITABLE');
    assert.equal(assertOk(store.load()), undefined);
    assert.deepEqual(store.unsentEvents(9), []);
    assert.equal(file.saved(), 'before');
    board.reboot();
    assert.equal(assertOk(gateStore(board, file).load()), 'before');
  });

  for (const [cut, kept] of [
    ['before', 'one'],
    ['after', 'two'],
  ] as const) {
    test(`a cut planned ${cut} the second save keeps "${kept}"`, () => {
      const board = createBoard({ faults: { power: { call: 2, cut } } });
      const file = memory();
      const store = gateStore(board, file);
      store.save('one');
      store.save('two');
      store.save('three');
      assert.equal(file.saved(), kept);
      assert.deepEqual(board.power.calls(), ['store.save', 'store.save']);
    });
  }

  test('a log line is no effect: written with power, not counted, lost without', () => {
    const board = createBoard();
    const lines: string[] = [];
    const log = gateLog(board, { write: (_level, _area, msg) => void lines.push(msg) });
    log.write('info', 'slot', 'inserted');
    board.power.cut();
    log.write('info', 'slot', 'removed');
    assert.deepEqual(lines, ['inserted']);
    assert.deepEqual(board.power.calls(), []);
  });
});
