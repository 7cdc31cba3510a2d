import type { StatusMessage } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { isLate, judgeStatus, type Place } from './message-order.ts';

const at = (epoch: string, seq: number): Place => ({ epoch, seq });
const status = (state: 'online' | 'offline', { epoch, seq }: Place): StatusMessage => ({
  ...{ v: 1, at: '2026-03-01T12:00:00.000Z', epoch, seq, state, agent: 'a', bootId: 'b', bootCount: 1 },
});
const EPOCHS = ['e1', 'e2'];

suite('message order', (test) => {
  test('seq within an epoch, epochs by when they were seen first', () => {
    assert.equal(isLate(at('e1', 1), at('e1', 2), EPOCHS), true);
    assert.equal(isLate(at('e1', 2), at('e1', 2), EPOCHS), false, 'a repetition is not late');
    assert.equal(isLate(at('e1', 9), at('e2', 1), EPOCHS), true);
    assert.equal(isLate(at('e2', 1), at('e1', 9), EPOCHS), false);
  });

  const last = status('online', at('e2', 20));
  const previousOnline = at('e2', 10);
  const table: readonly (readonly [string, StatusMessage, string])[] = [
    ['a newer online', status('online', at('e2', 21)), 'online'],
    ['the same online again', last, 'online'],
    ['an older online', status('online', at('e2', 19)), 'late'],
    ['a newer offline: it said goodbye', status('offline', at('e2', 21)), 'offline'],
    ['the will of this session', status('offline', at('e2', 19)), 'will'],
    ['the will of the session before', status('offline', at('e2', 9)), 'late'],
    ['an offline at the place of the session before', status('offline', at('e2', 10)), 'late'],
    ['the will of an older epoch', status('offline', at('e1', 99)), 'late'],
  ];
  for (const [met, message, verdict] of table) {
    test(`${met}: ${verdict}`, () => {
      assert.equal(judgeStatus({ status: message, last, previousOnline, epochs: EPOCHS }), verdict);
    });
  }

  test('the first status is taken as it is; the first session has no session before', () => {
    const first = { previousOnline: undefined, epochs: EPOCHS };
    assert.equal(judgeStatus({ ...first, status: last, last: undefined }), 'online');
    assert.equal(judgeStatus({ ...first, status: status('offline', at('e2', 19)), last }), 'will');
  });
});
