import { assert, suite } from '@ewon-agent/contracts/testing';
import { CONNECTION_LOST } from '../core/store-failure.ts';
import { eventOf, openIngestFixture } from '../testing/ingest-fixture.ts';

suite('ingest over a store that fails', (test) => {
  test('one message that the store refuses: the others of its batch are there, in order, and it is acknowledged too', async () => {
    const { take, ingest, hand, ids, acks, events, lines, close } = await openIngestFixture();
    hand.refuses = (event) => event === 'e1 137';
    await Promise.all(Array.from({ length: 300 }, (_, i) => take(ids[0], 'event', eventOf(i))));
    await ingest.settled();
    const expected = Array.from({ length: 300 }, (_, i) => `e1 ${i}`).filter((text) => text !== 'e1 137');
    assert.deepEqual(await events(), expected);
    const told = new Set(acks.flatMap(({ ranges }) => ranges.flatMap(([from, to]) => numbers(from, to))));
    assert.equal(told.size, 300);
    assert.equal(lines.filter((line) => line.includes('refused by the store')).length, 1);
    assert.ok(hand.transactions < 60, `${hand.transactions} transactions to find one of 300`);
    await close();
  });

  test('a store that fails for a while: nothing is acknowledged, nobody is told, then all is there once and in order', async () => {
    const { take, ingest, hand, ids, acks, events, clock, lines, bus, close } = await openIngestFixture();
    let told = 0;
    bus.subscribe(() => {
      told += 1;
    });
    hand.before = async () => Promise.reject(new Error('disk full'));
    await Promise.all(Array.from({ length: 50 }, (_, i) => take(ids[0], 'event', eventOf(i))));
    for (let second = 0; second < 5; second++) {
      await clock.whenWaiting(1);
      assert.deepEqual([acks.length, told], [0, 0]);
      await clock.advance(1000);
    }
    await clock.whenWaiting(1);
    hand.before = async () => {};
    await clock.advance(1000);
    await ingest.settled();
    assert.deepEqual(
      await events(),
      numbers(0, 49).map((n) => `e1 ${n}`),
    );
    assert.deepEqual(acks.at(-1)?.ranges.at(-1)?.[1], 49);
    assert.equal(lines.filter((line) => /the store (fails|works)/.test(line)).length, 2, 'once down, once up');
    await close();
  });

  test('a message that failed once only is not given up', async () => {
    const { take, ingest, hand, ids, events, close } = await openIngestFixture();
    let failures = 1;
    hand.refuses = () => failures-- > 0;
    await take(ids[0], 'event', eventOf(1));
    await ingest.settled();
    assert.deepEqual(await events(), ['e1 1']);
    await close();
  });

  test("conflicts and lost connections, however often, are no message's fault: nothing is given up", async () => {
    const { take, ingest, hand, ids, events, lines, close } = await openIngestFixture();
    const codes = ['40001', CONNECTION_LOST, '40P01', 'ECONNREFUSED', '40001', '57P01', '40001'];
    let probing = false;
    hand.before = async () => {
      // between two failures the store works, so that it looks like the message
      probing = !probing;
      const code = probing ? codes.shift() : undefined;
      if (code !== undefined) throw Object.assign(new Error('not now'), { code });
    };
    await take(ids[0], 'event', eventOf(1));
    await ingest.settled();
    assert.deepEqual([await events(), codes], [['e1 1'], []]);
    assert.ok(!lines.some((line) => line.includes('refused by the store')));
    await close();
  });

  test('a listener that throws: taken once and acknowledged all the same', async () => {
    const { take, ingest, ids, acks, events, bus, lines, close } = await openIngestFixture();
    bus.subscribe(() => {
      throw new Error('bug of a page');
    });
    await take(ids[0], 'event', eventOf(1));
    await ingest.settled();
    assert.deepEqual([await events(), acks.length], [['e1 1'], 1]);
    assert.ok(lines.some((line) => line.includes('a listener of the bus threw')));
    await close();
  });

  test('no room: who hands over waits, memory stays bounded, and all goes on in order afterwards', async () => {
    const { take, ingest, hand, ids, events, close } = await openIngestFixture({
      room: { messages: 20, sizeBytes: 1e6 },
    });
    const gate = Promise.withResolvers<void>();
    hand.before = () => gate.promise;
    let placed = 0;
    const taken = numbers(0, 99).map((n) =>
      take(ids[0], 'event', eventOf(n)).then(() => {
        placed += 1;
      }),
    );
    while (hand.transactions === 0) await new Promise(setImmediate);
    assert.equal(placed, 20);
    gate.resolve();
    await Promise.all(taken);
    await ingest.settled();
    assert.deepEqual(
      await events(),
      numbers(0, 99).map((n) => `e1 ${n}`),
    );
    await close();
  });

  test('closed while the store fails: it ends, nothing was acknowledged, and no more is taken', async () => {
    const { take, ingest, hand, ids, acks, clock, close } = await openIngestFixture();
    hand.before = async () => Promise.reject(new Error('disk full'));
    await take(ids[0], 'event', eventOf(1));
    await clock.whenWaiting(1);
    await ingest.close();
    await assert.rejects(take(ids[0], 'event', eventOf(2)), /closing/);
    assert.deepEqual(acks, []);
    await close();
  });

  test('a broker that closes while the store fails and nothing has room: it is not held up', async () => {
    const { take, ingest, hand, ids, acks, clock, close } = await openIngestFixture({
      room: { messages: 5, sizeBytes: 1e6 },
    });
    hand.before = async () => Promise.reject(new Error('disk full'));
    const taken = numbers(1, 20).map((n) => take(ids[0], 'event', eventOf(n)));
    await clock.whenWaiting(1);
    ingest.stopWaiting();
    await Promise.all(taken);
    await ingest.close();
    assert.deepEqual(acks, []);
    await close();
  });

  test('closed with messages in hand: they are committed first', async () => {
    const { take, ingest, ids, events, close } = await openIngestFixture();
    await Promise.all(numbers(1, 30).map((n) => take(ids[0], 'event', eventOf(n))));
    await ingest.close();
    assert.equal((await events()).length, 30);
    await close();
  });
});

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
