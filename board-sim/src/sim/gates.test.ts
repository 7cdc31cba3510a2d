import { ok, type StateStorePort } from '@ewon-agent/contracts';
import { memoryOutbox } from '@ewon-agent/contracts/suites/memory-outbox';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createBoard } from '../board.ts';
import { gateLog, gateOutbox, gateStore } from './gates.ts';

/** A store in memory, as far as a gate can tell. */
function memory(): StateStorePort & { saved(): string | undefined } {
  let document: string | undefined;
  return {
    saved: () => document,
    load: () => ok(document),
    save(next) {
      document = next;
      return ok(undefined);
    },
    close: () => {},
  };
}

suite('store and log behind the power', (test) => {
  test('with power everything passes', () => {
    const store = gateStore(createBoard(), memory());
    assertOk(store.save('a'));
    assert.equal(assertOk(store.load()), 'a');
  });

  test('without power nothing is written any more, and what was saved stays', () => {
    const board = createBoard();
    const file = memory();
    const store = gateStore(board, file);
    assertOk(store.save('before'));
    board.power.cut();
    assertFault(store.save('after'), 'STATE_UNWRITABLE');
    assert.equal(assertOk(store.load()), undefined);
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

  test('an outbox without power takes nothing, gives nothing, and holds what it had', () => {
    const board = createBoard();
    const file = memoryOutbox('e1');
    const outbox = gateOutbox(board, file);
    const message = { kind: 'event', atMs: 0, body: '{}' } as const;
    assertOk(outbox.append([message]));
    assert.equal(assertOk(outbox.nextSeq()), 2);
    board.power.cut();
    assertFault(outbox.append([message]), 'STATE_UNWRITABLE');
    assertFault(outbox.nextSeq(), 'STATE_UNWRITABLE');
    assertFault(outbox.remove('e1', [[1, 1]]), 'STATE_UNWRITABLE');
    assertFault(outbox.drop([1]), 'STATE_UNWRITABLE');
    assert.deepEqual([outbox.waiting(0, 9), outbox.recentEvents(9)], [[], []]);
    board.reboot();
    assert.equal(gateOutbox(board, file).waiting(0, 9).length, 1);
  });

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
