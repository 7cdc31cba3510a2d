import { assert, suite } from '@ewon-agent/contracts/testing';
import { createWaiting } from './waiting.ts';

suite('what waits in memory', (test) => {
  const arrival = (text: string) => ({ topic: text, payload: Buffer.from(text) });
  const topics = (arrivals: readonly { topic: string }[]) => arrivals.map(({ topic }) => topic);

  test('who finds no place waits until some is done, and enters in the order it came', async () => {
    const waiting = createWaiting({ messages: 2, sizeBytes: 1e6 });
    const placed: string[] = [];
    const put = ['a', 'b', 'c', 'd'].map((text) => waiting.put(arrival(text)).then(() => void placed.push(text)));
    await put[1];
    const first = waiting.next(9);
    assert.deepEqual([topics(first), placed, waiting.count], [['a', 'b'], ['a', 'b'], 2]);
    assert.deepEqual(waiting.next(9), [], 'what was given out keeps its room');
    waiting.done(first.slice(0, 1));
    await put[2];
    assert.deepEqual(topics(waiting.next(9)), ['c']);
    waiting.done(first.slice(1));
    await Promise.all(put);
    assert.deepEqual([topics(waiting.next(9)), placed], [['d'], ['a', 'b', 'c', 'd']]);
  });

  test('bytes are bounded as well: one message beyond the limit is the most', async () => {
    const waiting = createWaiting({ messages: 1e6, sizeBytes: 10_000 });
    const large = { topic: 't', payload: Buffer.alloc(9000) };
    await waiting.put(large);
    await waiting.put(large);
    let third = false;
    const put = waiting.put(large).then(() => {
      third = true;
    });
    await new Promise(setImmediate);
    assert.deepEqual([third, waiting.count], [false, 2]);
    waiting.done(waiting.next(2));
    await put;
    assert.equal(waiting.count, 1);
  });

  test('a batch is at most as large as asked for', async () => {
    const waiting = createWaiting({ messages: 10, sizeBytes: 1e6 });
    for (const text of ['a', 'b', 'c']) await waiting.put(arrival(text));
    assert.deepEqual([topics(waiting.next(2)), topics(waiting.next(2))], [['a', 'b'], ['c']]);
  });
});
