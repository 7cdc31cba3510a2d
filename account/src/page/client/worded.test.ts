import { assert, suite } from '@ewon-agent/contracts/testing';
import { worded } from './worded.ts';

suite('problems in the words of the page', (test) => {
  test('a code that the page knows is said by the page, with the value as it was; of another the server tells', async () => {
    const said = { title: 'Anders.', next: 'Nichts.', detail: 'ann' };
    assert.deepEqual(await worded({ ...said, code: 'LOGIN_TAKEN' }), {
      ...{
        code: 'LOGIN_TAKEN',
        title: 'There is a user with this login already.',
        next: 'Choose another login.',
        detail: 'ann',
      },
    });
    for (const code of ['OF_TOMORROW', 'toString', ''])
      assert.deepEqual(await worded({ ...said, code }), { ...said, code });
  });

  test('what is wrong with a field is told by what the page calls it; of one that it has not as the server does', async () => {
    const detail =
      'fullName " ": 1 to 100; customFields: three texts; rememberDays 0: a number; toString "email: x": no';
    const said =
      'Name " ": 1 to 100; Custom fields: three texts; Remembered for days 0: a number; toString "email: x": no';
    const problem = { code: 'FIELD_UNFIT', title: '', next: '', detail };
    assert.equal((await worded(problem)).detail, said);
    assert.equal((await worded({ ...problem, code: 'BAD_REQUEST' })).detail, detail);
  });
});
