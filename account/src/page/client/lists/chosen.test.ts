import { assert, suite } from '@ewon-agent/contracts/testing';
import { anEwon, PROBLEM } from '../testing/rows.ts';
import type { Ended } from '../use-bulk.ts';
import { type Chosen, leftAfter, NOBODY, stillThere, ticked } from './chosen.ts';

const rows = ['A', 'B', 'C'].map((name) => anEwon({ name }));
const three = ticked(NOBODY, rows, 'choose');
const names = (chosen: Chosen) => (chosen === 'found' ? chosen : [...chosen.values()].join());
const ended = (told: Partial<Ended>): Ended => ({ at: 'ended', done: 3, of: 3, failures: [], ...told });
const failures = [{ id: 'd_B', problem: PROBLEM }];
const nameOf = (id: string) => id.slice(2);

suite('who is selected in the list of Ewons', (test) => {
  test('rows are ticked and left; to tick one of all that are found begins anew', () => {
    assert.equal(names(three), 'A,B,C');
    assert.equal(names(ticked(three, rows.slice(1), 'leave')), 'A');
    assert.equal(names(ticked('found', rows.slice(2), 'choose')), 'C');
    assert.equal(names(three), 'A,B,C', 'nothing is changed in place');
  });

  test('who left the account is not selected any more', () => {
    assert.equal(names(stillThere(three, new Set(['d_B', 'd_X']))), 'A,C');
    assert.equal(stillThere(three, new Set(['d_X'])), three);
    assert.equal(stillThere('found', new Set(['d_B'])), 'found');
  });

  const cases: readonly [string, Chosen, Chosen, Partial<Ended>, string][] = [
    ['all done: nobody', three, three, {}, ''],
    ['what failed', three, three, { failures }, 'B'],
    ['stopped: the others too', three, three, { at: 'stopped', done: 2, failures }, 'B,C'],
    ['refused as a whole: all of them', three, three, { done: 0, problem: PROBLEM }, 'A,B,C'],
    ['all that are found, done', 'found', 'found', { failures }, 'B'],
    ['all that are found, stopped', 'found', 'found', { at: 'stopped', done: 1 }, 'found'],
    ['all that are found, refused', 'found', 'found', { done: 0, problem: PROBLEM }, 'found'],
    ['all that were found, and another filter since', NOBODY, 'found', { at: 'stopped', done: 1 }, ''],
  ];
  for (const [what, now, ordered, told, left] of cases)
    test(`who stays selected after an order: ${what}`, () => {
      assert.equal(names(leftAfter(now, ordered, ended(told), nameOf)), left);
    });
});
