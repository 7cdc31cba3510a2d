import { assert, suite } from '@ewon-agent/contracts/testing';
import { pressed } from '../sorting.ts';
import { ALL, filtersOf, isFiltered, NEWEST_FIRST } from './query.ts';

suite('what is asked of the log', (test) => {
  test('only what is filled in is asked for, and times as the server takes them', () => {
    assert.equal(filtersOf(ALL).toString(), '');
    const asked = filtersOf({ ...ALL, kind: 'error', text: 'a b', from: '2026-03-01T12:00', to: 'soon' });
    assert.deepEqual([...asked.keys()], ['kind', 'text', 'from']);
    assert.equal(asked.get('from'), new Date(2026, 2, 1, 12).toISOString());
    assert.deepEqual(
      [isFiltered(ALL), isFiltered({ ...ALL, text: ' ' }), isFiltered({ ...ALL, to: 'x' })],
      [false, false, true],
    );
  });

  test('a press on a column sorts by it, a second one turns the order round', () => {
    const first = pressed(NEWEST_FIRST, 'name');
    assert.deepEqual(
      [first, pressed(first, 'name')],
      [
        { sort: 'name', order: 'up' },
        { sort: 'name', order: 'down' },
      ],
    );
    assert.deepEqual(pressed(NEWEST_FIRST, 'time'), { sort: 'time', order: 'up' });
  });
});
