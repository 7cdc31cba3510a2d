import { assert, suite } from '@ewon-agent/contracts/testing';
import { pressed } from '../sorting.ts';
import type { Column } from './columns.ts';
import { ALL, isAll, pageQuery, whereOf } from './query.ts';

suite('what the list of Ewons is asked for', (test) => {
  const byName = { sort: 'name', order: 'up' } as const;

  test('what is empty is not asked for; a turned page begins where the one before it ended', () => {
    const query = { ...ALL, search: 'press & co', pool: 'North' };
    assert.equal(
      pageQuery(query, byName, [], 50).toString(),
      'search=press+%26+co&pool=North&sort=name&order=up&limit=50',
    );
    assert.equal(pageQuery(ALL, byName, ['one', 'two'], 200).toString(), 'sort=name&order=up&limit=200&after=two');
    assert.deepEqual(whereOf(query), { search: 'press & co', pool: 'North' });
    assert.deepEqual([isAll(ALL), isAll(query)], [true, false]);
  });

  test('the same column again turns the order round, another one begins upwards', () => {
    assert.deepEqual(pressed(byName, 'name'), { sort: 'name', order: 'down' });
    assert.deepEqual(pressed({ sort: 'name', order: 'down' }, 'name'), byName);
    assert.deepEqual(pressed<Column>({ sort: 'name', order: 'down' }, 'pool'), { sort: 'pool', order: 'up' });
  });
});
