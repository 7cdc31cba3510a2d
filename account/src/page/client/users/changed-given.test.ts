import { assert, suite } from '@ewon-agent/contracts/testing';
import { changedGiven } from './changed-given.ts';

suite('what a dialog changes of a group or a token', (test) => {
  test('is what was ticked otherwise, in whatever order', () => {
    const before = { name: 'a', permissions: ['x', 'y'], pools: ['N', 'S'], apis: ['M2Web', 'admin'] };
    const same = { name: 'a', permissions: ['y', 'x'], pools: ['S', 'N'], apis: ['admin', 'M2Web'] };
    assert.deepEqual(changedGiven(before, same), {});
    assert.deepEqual(changedGiven(before, { ...same, pools: 'all' }), { pools: 'all' });
    assert.deepEqual(changedGiven(before, { ...same, permissions: ['x'], name: 'b' }), {
      name: 'b',
      permissions: ['x'],
    });
  });
});
