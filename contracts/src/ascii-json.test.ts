import { asciiJson } from './ascii-json.ts';
import { assert, suite } from './testing/suite.ts';

suite('JSON in ASCII', (test) => {
  const rows = ['plain', 'Clé USB', '\u001b[2J', '\u009b2J', '\u007f', '😀', '\ud800 alone', 'line\nbreak', '\u2028'];
  for (const text of rows) {
    test(`${JSON.stringify(text)} means the same, and is printable`, () => {
      const ascii = asciiJson(JSON.stringify({ [text]: text }));
      assert.match(ascii, /^[ -~]*$/);
      assert.deepEqual(JSON.parse(ascii), { [text]: text });
    });
  }
});
