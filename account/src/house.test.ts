import { assert, suite } from '@ewon-agent/contracts/testing';
import { newToken } from './house.ts';

suite('names that are drawn', (test) => {
  test('begin with a letter, whatever was drawn: a command line takes no name for an option', () => {
    const tokens = Array.from({ length: 256 }, (_, first) =>
      newToken({ bytes: (length) => new Uint8Array(length).fill(255).fill(first, 0, 1), fraction: () => 0 }),
    );
    for (const token of tokens) assert.match(token, /^[A-Za-z][\w-]{21}$/);
    assert.equal(new Set(tokens).size, 128);
  });
});
