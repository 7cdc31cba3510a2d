import { assert, suite } from '@ewon-agent/contracts/testing';
import { onceOf } from './once.ts';

suite('the one-time token', (test) => {
  test('is read from a link, a fragment, or as it stands; nothing else is taken for one', () => {
    const token = 'Zm9vYmFyYmF6cXV4_-0123';
    for (const text of [
      `http://127.0.0.1:8080/#once=${token}`,
      `#once=${token}`,
      `once=${token}`,
      token,
      `#once=${token} \n`,
    ])
      assert.equal(onceOf(text), token, text);
    for (const text of [
      '',
      '#',
      '#once=',
      '#log',
      'http://127.0.0.1:8080/',
      'hello',
      `#once=${token}<script>`,
      `#twice=${token}`,
    ])
      assert.equal(onceOf(text), undefined, text);
  });
});
