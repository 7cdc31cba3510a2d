import type { OutboxEntry } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createSendLanes, LOAD_COUNT, SEND_LIMITS, type SendLanes, type SendLimits } from './send-lanes.ts';

const entry = (place: number, epoch = 'e', body = '{}'): OutboxEntry => ({
  place,
  epoch,
  seq: 100 + place,
  kind: 'event',
  atMs: 0,
  body,
});
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => entry(first + at));

/** Lanes on an outbox in memory; `pump` sends what can be sent, as the sender does. */
function createScene(waiting: OutboxEntry[] = [], limits: Partial<SendLimits> = {}) {
  const lanes = createSendLanes({ ...SEND_LIMITS, ...limits });
  const pump = (most = 1e6) => {
    const sent: number[] = [];
    while (sent.length < most) {
      for (let after = lanes.wantsAfter(); after !== undefined; after = lanes.wantsAfter()) {
        const from = after;
        const read = waiting.filter(({ place }) => place > from).slice(0, LOAD_COUNT);
        lanes.loaded(read);
        if (read.length === 0) break;
      }
      const next = lanes.next();
      if (!next) break;
      sent.push(next.place);
    }
    return sent;
  };
  const accept = (one: OutboxEntry) => {
    waiting.push(one);
    lanes.accepted(one);
  };
  return { lanes, pump, accept, waiting };
}
const left = (lanes: SendLanes, places: readonly number[]) => {
  for (const place of places) lanes.left(entry(place));
};

suite('lanes of what is to be sent', (test) => {
  test('what had waited goes in its order; what is accepted since goes before it', () => {
    const { pump, accept } = createScene(upTo(4));
    assert.deepEqual(pump(2), [1, 2]);
    accept(entry(5));
    accept(entry(6));
    assert.deepEqual(pump(), [5, 6, 3, 4]);
  });

  test('a backlog of thousands is read in pieces, each message once', () => {
    const { lanes, pump } = createScene(upTo(3 * LOAD_COUNT + 1), { inFlight: 50, liveReserve: 0 });
    const sent: number[] = [];
    for (let some = pump(); some.length > 0; some = pump()) {
      sent.push(...some);
      left(lanes, some);
    }
    assert.deepEqual(
      sent,
      upTo(3 * LOAD_COUNT + 1).map(({ place }) => place),
    );
  });

  test('the window is full at its limit, and room is kept free for what is live', () => {
    const { lanes, pump, accept } = createScene(upTo(9), { inFlight: 5, liveReserve: 2 });
    assert.deepEqual(pump(), [1, 2, 3]);
    for (const place of [10, 11, 12]) accept(entry(place));
    assert.deepEqual(pump(), [10, 11]);
    left(lanes, [1]);
    assert.deepEqual(pump(), [12]);
    left(lanes, [2, 3, 10]);
    assert.deepEqual(pump(), [4]);
  });

  test('bytes of the backlog in flight are limited, not those of what is live', () => {
    const big = (place: number) => entry(place, 'e', 'x'.repeat(600));
    const { lanes, pump, accept } = createScene([big(1), big(2), big(3)], { backlogBytes: 1000 });
    assert.deepEqual(pump(), [1, 2]);
    accept(big(4));
    assert.deepEqual(pump(), [4]);
    left(lanes, [1]);
    assert.deepEqual(pump(), [3]);
  });

  test('what the account has not committed is limited; an acknowledgement makes room', () => {
    const { lanes, pump, waiting } = createScene(upTo(9), { unacknowledged: 3 });
    assert.deepEqual(pump(), [1, 2, 3]);
    left(lanes, [1, 2, 3]);
    assert.deepEqual(pump(), []);
    assert.deepEqual(lanes.acknowledged({ epoch: 'e', ranges: [[101, 102]] }), [[101, 102]]);
    waiting.splice(0, 2);
    assert.deepEqual(pump(), [4, 5]);
  });

  test('an acknowledgement is believed for what was sent over this session only', () => {
    const { lanes, pump } = createScene([entry(1), entry(2, 'old'), entry(3), entry(4)]);
    pump(3);
    assert.deepEqual(lanes.acknowledged({ epoch: 'e', ranges: [[0, Number.MAX_SAFE_INTEGER]] }), [
      [101, 101],
      [103, 103],
    ]);
    assert.deepEqual(
      lanes.acknowledged({ epoch: 'e', ranges: [[101, 104]] }),
      [],
      'a second time there is nothing left',
    );
    assert.deepEqual(
      lanes.acknowledged({
        epoch: 'old',
        ranges: [
          [102, 102],
          [9, 3],
        ],
      }),
      [[102, 102]],
    );
    assert.equal(lanes.unacknowledged(), 0);
  });

  test('more at a time than memory is given: none is left out, none comes twice', () => {
    const { lanes, pump, accept } = createScene([], { liveQueue: 3, inFlight: 4, liveReserve: 1 });
    const sent: number[] = [];
    const pumpOn = () => {
      const some = pump();
      sent.push(...some);
      left(lanes, some);
      return some.length;
    };
    for (const one of upTo(20)) {
      accept(one);
      if (one.place % 7 === 0) pumpOn();
    }
    while (pumpOn() > 0);
    const places = sent;
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      upTo(20).map(({ place }) => place),
    );
  });

  test('when the account was silent for too long all that waits is sent again', () => {
    const { lanes, pump, accept, waiting } = createScene(upTo(2));
    pump();
    accept(entry(3));
    assert.deepEqual(pump(), [3]);
    lanes.acknowledged({ epoch: 'e', ranges: [[101, 101]] });
    waiting.splice(0, 1);
    lanes.again();
    assert.deepEqual(pump(), [2, 3]);
  });
});
