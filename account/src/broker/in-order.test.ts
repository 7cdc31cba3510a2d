import { assert, suite } from '@ewon-agent/contracts/testing';
import { inOrder } from './in-order.ts';

suite('in order', (test) => {
  test('work of one key runs one after another, of another key beside it', async () => {
    const queue = inOrder();
    const first = Promise.withResolvers<void>();
    const done: string[] = [];
    const a1 = queue.add('a', () => first.promise.then(() => void done.push('a1')));
    const a2 = queue.add('a', () => void done.push('a2'));
    await queue.add('b', () => void done.push('b'));
    assert.deepEqual(done, ['b']);
    first.resolve();
    await Promise.all([a1, a2]);
    assert.deepEqual(done, ['b', 'a1', 'a2']);
  });

  test('a rejection is told to whoever added it and does not stop what follows', async () => {
    const queue = inOrder();
    const bad = queue.add('a', () => {
      throw new Error('no');
    });
    let ran = false;
    const next = queue.add('a', () => {
      ran = true;
    });
    await assert.rejects(bad, /no/);
    await next;
    assert.equal(ran, true);
  });

  test('idle waits for work added meanwhile', async () => {
    const queue = inOrder();
    let ended = false;
    queue.add('a', async () => {
      queue.add('b', async () => {
        await Promise.resolve();
        ended = true;
      });
    });
    await queue.idle();
    assert.equal(ended, true);
  });
});
