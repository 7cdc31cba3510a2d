import { assert, suite } from '@ewon-agent/contracts/testing';
import { isSmallEnough, TUF_MEMBERS_MAX } from './tuf-shape.ts';

const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]));

suite('shape of metadata', (test) => {
  test('an object with too many members is found wherever it is', () => {
    for (const place of [
      (it: object) => it,
      (it: object) => [1, null, [it]],
      (it: object) => ({ a: { b: [it, 'x'] } }),
    ]) {
      assert.ok(isSmallEnough(place(wide(TUF_MEMBERS_MAX))));
      assert.ok(!isSmallEnough(place(wide(TUF_MEMBERS_MAX + 1))));
    }
  });

  test('what is no object, long lists and deep nests are none of its business', () => {
    for (const value of [undefined, null, 1, 'x', [], {}, Array.from({ length: 50_000 }, () => ({}))])
      assert.ok(isSmallEnough(value));
    assert.ok(isSmallEnough(JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)));
  });
});
