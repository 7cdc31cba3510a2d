import { assert, suite } from '@ewon-agent/contracts/testing';
import { answersInOrder } from './answers-in-order.ts';

suite('answers in order', (test) => {
  test('an answer is shown though a later question is under way; when changes never end, nothing would be', () => {
    const ask = answersInOrder();
    const [first, second] = [ask(), ask()];
    assert.equal(first(), true);
    ask();
    assert.equal(second(), true);
  });

  test('an answer that a later one overtook is not shown any more', () => {
    const ask = answersInOrder();
    const [first, second, third] = [ask(), ask(), ask()];
    assert.deepEqual([second(), first(), third()], [true, false, true]);
  });
});
