import { assert, suite } from '@ewon-agent/contracts/testing';
import { changedMembers } from './changed.ts';

suite('what a form changes', (test) => {
  test('is what was typed into it, and nothing that only stood there', () => {
    const before = { name: 'Ann', fields: ['a', '', ''], groups: ['x', 'y'] };
    assert.deepEqual(changedMembers(before, { ...before, fields: [...before.fields] }), {});
    assert.deepEqual(changedMembers(before, { ...before, name: '' }), { name: '' });
    const fields = ['a', 'b', ''];
    assert.deepEqual(changedMembers(before, { ...before, fields, groups: [] }), { fields, groups: [] });
  });
});
