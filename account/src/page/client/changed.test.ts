import { assert, suite } from '@ewon-agent/contracts/testing';
import { changedMembers, changedThree } from './changed.ts';

suite('what a form changes', (test) => {
  test('is what was typed into it, and nothing that only stood there', () => {
    const before = { name: ' Ann', days: null, isOn: true, groups: ['x', 'y'] };
    assert.deepEqual(changedMembers(before, { ...before, name: 'Ann', groups: [...before.groups] }), {});
    assert.deepEqual(changedMembers(before, { ...before, name: '' }), { name: '' });
    assert.deepEqual(changedMembers<object & typeof before>(before, { ...before, isOn: false, groups: [] }), {
      ...{ isOn: false, groups: [] },
    });
  });

  test('of three texts those that are others, by their number', () => {
    assert.equal(changedThree(['a', '', ' c'], ['a', '', 'c']), undefined);
    assert.deepEqual(changedThree(['a', '', 'c'], ['a', 'b', '']), { 2: 'b', 3: '' });
  });
});
