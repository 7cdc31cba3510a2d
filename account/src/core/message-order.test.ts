import { assert, suite } from '@ewon-agent/contracts/testing';
import { isLate, type Place } from './message-order.ts';

const at = (epoch: string, seq: number): Place => ({ epoch, seq });
const EPOCHS = ['e1', 'e2'];

suite('message order', (test) => {
  test('seq within an epoch, epochs by when they were seen first', () => {
    assert.equal(isLate(at('e1', 1), at('e1', 2), EPOCHS), true);
    assert.equal(isLate(at('e1', 2), at('e1', 2), EPOCHS), false, 'a repetition is not late');
    assert.equal(isLate(at('e1', 3), at('e1', 2), EPOCHS), false);
    assert.equal(isLate(at('e1', 9), at('e2', 1), EPOCHS), true);
    assert.equal(isLate(at('e2', 1), at('e1', 9), EPOCHS), false);
  });
});
