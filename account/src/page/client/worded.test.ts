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
});
