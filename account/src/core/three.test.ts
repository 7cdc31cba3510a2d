import { assert, suite } from '@ewon-agent/contracts/testing';
import { threeAfter } from './three.ts';

suite('three texts', (test) => {
  test('one is changed alone, emptied too; three take the place of all', () => {
    const before = ['a', '', 'c'] as const;
    assert.deepEqual(threeAfter(before), ['a', '', 'c']);
    assert.deepEqual(threeAfter(before, {}), ['a', '', 'c']);
    assert.deepEqual(threeAfter(before, { 2: 'b' }), ['a', 'b', 'c']);
    assert.deepEqual(threeAfter(before, { 1: '', 3: 'd' }), ['', '', 'd']);
    assert.deepEqual(threeAfter(before, ['x', '', '']), ['x', '', '']);
  });
});
