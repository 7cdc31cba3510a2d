import { assert, suite } from '@ewon-agent/contracts/testing';
import { ALL, isAll, pageQuery, sortedBy, whereOf } from './query.ts';

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
    assert.deepEqual(sortedBy('name', byName), { sort: 'name', order: 'down' });
    assert.deepEqual(sortedBy('name', { sort: 'name', order: 'down' }), byName);
    assert.deepEqual(sortedBy('pool', { sort: 'name', order: 'down' }), { sort: 'pool', order: 'up' });
  });
});
