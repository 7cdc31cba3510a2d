import { assert, suite } from '@ewon-agent/contracts/testing';
import { startAll } from './in-turn.ts';

suite('work in turn', (test) => {
  test('two at a time, in their order, and one that fails keeps none from its turn', async () => {
    const begun: string[] = [];
    const ends = new Map<string, PromiseWithResolvers<string>>();
    const work = (item: string) => {
      begun.push(item);
      const end = Promise.withResolvers<string>();
      ends.set(item, end);
      return end.promise;
    };
    const [a, b, c] = startAll(['a', 'b', 'c'], 2, work);
    assert.deepEqual(begun, ['a', 'b']);
    ends.get('b')?.reject(new Error('b broke'));
    const why = await b?.catch((error: unknown) => String(error));
    assert.equal(why, 'Error: b broke');
    ends.get('c')?.resolve('C');
    assert.equal(await c, 'C');
    assert.deepEqual(begun, ['a', 'b', 'c']);
    ends.get('a')?.resolve('A');
    assert.equal(await a, 'A');
  });
});
