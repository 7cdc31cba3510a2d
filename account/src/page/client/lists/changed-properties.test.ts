import { assert, suite } from '@ewon-agent/contracts/testing';
import { changedOf } from './changed-properties.ts';

const BEFORE = { name: 'Pump', pool: 'North', description: ' Hall 7', customFields: ['a', '', 'c'] } as const;

suite('what a form changes of an Ewon', (test) => {
  test('only what was changed is sent: the rest may be another value by now', () => {
    assert.deepEqual(changedOf(BEFORE, { ...BEFORE, description: 'Hall 7' }), {}, 'a blank that the form takes away');
    assert.deepEqual(changedOf(BEFORE, { ...BEFORE, name: 'Fan' }), { name: 'Fan' });
    assert.deepEqual(changedOf(BEFORE, { ...BEFORE, pool: 'South', description: '' }), {
      pool: 'South',
      description: '',
    });
    const customFields = ['a', 'b', 'c'] as const;
    assert.deepEqual(changedOf(BEFORE, { ...BEFORE, customFields }), { customFields: { 2: 'b' } });
  });
});
