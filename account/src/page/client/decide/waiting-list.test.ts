import { assert, suite } from '@ewon-agent/contracts/testing';
import { aRegistration } from '../testing/rows.ts';
import { matching, SELECTED_MAX, selectedAfter } from './waiting-list.ts';

const a = aRegistration({ id: 'a', serial: '1524-0071-21', note: 'Hall 7', grkId: '9f3c01ab' });
const b = aRegistration({ id: 'b', serial: '1600-0001-21', note: '', network: '198.51.100.0/24' });

suite('the list of who waits', (test) => {
  test('every word of a search must stand in something that is shown', () => {
    const found = (search: string) => matching([a, b], search).map(({ id }) => id);
    assert.deepEqual(found(''), ['a', 'b']);
    assert.deepEqual(found('HALL 9f3c'), ['a']);
    assert.deepEqual(found('198.51'), ['b']);
    assert.deepEqual(found('hall 1600'), []);
  });

  test('no more are selected than one order takes; taking away and adding keep the others', () => {
    const ids = Array.from({ length: SELECTED_MAX + 5 }, (_, i) => String(i));
    const waiting = ids.map((id) => ({ id }));
    const all = selectedAfter(new Set(), waiting, { ids, to: 'selected' });
    assert.equal(all.size, SELECTED_MAX);
    const less = selectedAfter(all, waiting, { ids: ['0', '1'], to: 'not' });
    assert.deepEqual([less.size, less.has('0'), less.has('2')], [SELECTED_MAX - 2, false, true]);
    assert.equal(all.size, SELECTED_MAX, 'nothing is changed in place');
    const left = selectedAfter(all, waiting.slice(3), { ids: [String(SELECTED_MAX)], to: 'selected' });
    assert.deepEqual([left.size, left.has('2'), left.has(String(SELECTED_MAX))], [SELECTED_MAX - 2, false, true]);
  });
});
