import fc from 'fast-check';
import { CODES, type Code, describeFault, isCode, printable } from './codes.ts';
import { assert, suite } from './testing/suite.ts';

const ALL = Object.entries(CODES);

suite('codes', (test) => {
  test('a code is capitals in groups', () => {
    for (const [code] of ALL) assert.match(code, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
  });

  test('what happened and what to do are one or two sentences of ASCII with a full stop', () => {
    for (const [code, { text, next }] of ALL) {
      for (const said of [text, next]) {
        assert.match(said, /^["A-Z][\x20-\x7e]+[.]$/, `${code}: ${said}`);
        assert.ok(said.length <= 140, `${code}: ${said}`);
        assert.ok(!/ {2}|\s$/.test(said), `${code}: ${said}`);
      }
    }
  });

  test('no two codes say the same', () => {
    assert.equal(new Set(ALL.map(([, { text }]) => text)).size, ALL.length);
  });

  test('only a milestone may have nothing to do, or what the agent does by itself', () => {
    for (const [code, { severity, next }] of ALL) {
      if (severity === 'error') assert.ok(!next.startsWith('Nothing;') && next !== 'Nothing.', code);
    }
  });

  test('a code from outside is told from what is none', () => {
    for (const [code] of ALL) assert.ok(isCode(code));
    const none = ['', 'card_gone', 'CARD_GONE ', 'constructor', 'toString', '__proto__', 'hasOwnProperty'];
    for (const value of [...none, undefined, null, 1, {}, ['CARD_GONE'], Object('CARD_GONE')]) {
      assert.ok(!isCode(value), String(value));
    }
  });
});

suite('describeFault', (test) => {
  test('says code, what happened, with what value, and what to do next', () => {
    assert.equal(
      describeFault({ code: 'CARD_TOO_LARGE', detail: 'T2M.json is 3 MiB, limit 64 KiB' }),
      'CARD_TOO_LARGE: A file on the card is larger than its limit (T2M.json is 3 MiB, limit 64 KiB). Write the card again with "sdcard export".',
    );
  });

  test('leaves the value out where there is none', () => {
    const expected =
      'CARD_GONE: The card was pulled while it was being read. Put it in again and wait for the LED to turn green or red.';
    assert.equal(describeFault({ code: 'CARD_GONE' }), expected);
    assert.equal(describeFault({ code: 'CARD_GONE', detail: '' }), expected);
  });

  test('has that form for every code, in one printable line', () => {
    for (const [code, { text, next }] of ALL) {
      const said = describeFault({ code: code as Code, detail: 'd\n\x1b[31m' });
      assert.equal(said, `${code}: ${text.slice(0, -1)} (d\\x0a\\x1b[31m). ${next}`);
    }
  });

  test('shows at most 200 characters of a value', () => {
    const said = describeFault({ code: 'BAD_REQUEST', detail: 'x'.repeat(10_000) });
    assert.ok(said.includes(`(${'x'.repeat(200)}…)`));
  });
});

suite('printable', (test) => {
  const shown = {
    'plain text': ['line 4, press "A" ~', 'line 4, press "A" ~'],
    'an ANSI escape': ['\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07'],
    'an escape of one byte (C1)': ['\x9b31m', '\\x9b31m'],
    'line ends, tab, backspace and DEL': ['a\r\n\t\b\x7f', 'a\\x0d\\x0a\\x09\\x08\\x7f'],
    NUL: ['a\0b', 'a\\x00b'],
    'a right-to-left override': ['gpj.\u202eexe', 'gpj.\\u{202e}exe'],
    'marks that are not seen': ['a\u200b\u200f\ufeff\u2028b', 'a\\u{200b}\\u{200f}\\u{feff}\\u{2028}b'],
    'letters beyond ASCII': ['Süd', 'S\\xfcd'],
    'a character of four bytes': ['😀', '\\u{1f600}'],
    'half a character': ['\ud83d', '\\u{d83d}'],
  } as const;
  for (const [name, [raw, harmless]] of Object.entries(shown)) {
    test(`${name} is shown harmlessly`, () => assert.equal(printable(raw), harmless));
  }

  test('a long text ends in an ellipsis, one of just the length does not', () => {
    assert.equal(printable('abcdef', 5), 'abcde…');
    assert.equal(printable('abcde', 5), 'abcde');
    assert.equal(printable('', 5), '');
  });

  test('nothing but printable ASCII and the ellipsis ever comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => assert.match(printable(text, 20), /^[\x20-\x7e]*…?$/)),
      { numRuns: 300 },
    );
  });

  test('printable ASCII stays as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => assert.equal(printable(text), text)));
  });
});
