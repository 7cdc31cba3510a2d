import { assert, suite } from '@ewon-agent/contracts/testing';
import { ADMINISTRATORS, isLastAdministrator, isReachable, isReserved } from './users.ts';

suite('logins', (test) => {
  test('names of the log and of scripts are nobody’s, however they are written', () => {
    const reserved = ['administrator', 'Administrator', 'ＡＤＭＩＮＩＳＴＲＡＴＯＲ', 't2m-api-token', 'T2M-API-Token'];
    const free = ['administrators', 'admin', 'ann', 't2m-api-token2', ''];
    assert.deepEqual(reserved.filter(isReserved), reserved);
    assert.deepEqual(free.filter(isReserved), []);
  });
});

suite('contacts', (test) => {
  test('one way to reach him is enough, and blanks are none', () => {
    const reached = [
      { email: 'a@b', phone: '' },
      { email: '', phone: '1' },
    ];
    assert.deepEqual(reached.map(isReachable), [true, true]);
    assert.equal(isReachable({ email: '', phone: ' ' }), false);
  });
});

suite('Administrators', (test) => {
  test('the last one is the only one in it, whatever other groups he and others are in', () => {
    const member = (userId: string, groupId = ADMINISTRATORS) => ({ userId, groupId });
    const cases = [
      { members: [], last: false },
      { members: [member('ann', 'g')], last: false },
      { members: [member('bob')], last: false },
      { members: [member('ann')], last: true },
      { members: [member('ann'), member('ann', 'g'), member('bob', 'g')], last: true },
      { members: [member('ann'), member('bob')], last: false },
    ];
    for (const { members, last } of cases)
      assert.equal(isLastAdministrator('ann', members), last, JSON.stringify(members));
  });
});
