import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import {
  EMPTY_LINE,
  entered,
  HISTORY_MAX,
  joinEnds,
  LINE_MAX,
  type Line,
  paint,
  readKeys,
  type View,
  viewOf,
} from './line.ts';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const keyed = (text: string, line: Line = EMPTY_LINE) => readKeys(line, bytesOf(text), 0, false);
const shown = ({ text, at }: Line) => `${text.slice(0, at)}_${text.slice(at)}`;
function remembering(...lines: readonly string[]): Line {
  let line = EMPTY_LINE;
  for (const text of lines) line = entered({ ...line, text });
  return line;
}

/** What is typed, and the line then, with `_` for the cursor. */
const KEYS: readonly (readonly [string, string])[] = [
  ['show', 'show_'],
  ['shw\bow', 'show_'],
  ['shw\x7fow', 'show_'],
  ['\b\x7f\x02a', 'a_'],
  ['how\x01s', 's_how'],
  ['how\x01s\x05 x', 'show x_'],
  ['how\x01\x06\x06e\x02', 'ho_ew'],
  ['how\x1b[Hs\x1b[F!', 'show!_'],
  ['how\x1b[1~s\x1b[4~!', 'show!_'],
  ['how\x1b[7~s\x1b[8~!', 'show!_'],
  ['how\x1bOHs\x1bOF!', 'show!_'],
  ['ab\x1b[D\x1b[D\x1b[C.', 'a._b'],
  ['ab\x1bOD.', 'a._b'],
  ['abc\x01\x1b[3~', '_bc'],
  ['abc\x01\x04', '_bc'],
  ['abc\x02\x02\x0b', 'a_'],
  ['abc\x02\x15', '_c'],
  ['show the  log \x17', 'show the  _'],
  ['show the  log \x17\x17', 'show _'],
  ['a\x1b[1;5Cb', 'ab_'],
  // what is no key
  ['a\x1b[31mb', 'ab_'],
  ['a\x1b]0;forget\x07b', 'ab_'],
  ['a\x1b]0;forget\x1b\\b', 'ab_'],
  ['a\x1bPq#0\x1b\\b', 'ab_'],
  ['a\x1b[[Ab', 'ab_'],
  ['a\x1b[200~b\x1b[201~', 'ab_'],
  ['a\x1b[99999999999999999999999999999999Ab', 'ab_'],
  ['a\x1b\x1b[Hb', 'b_a'],
  ['a\x1bxb', 'ab_'],
  ['a\xff\x9b\x80\0\x13b', 'ab_'],
];

suite('keys of a console', (test) => {
  for (const [typed, line] of KEYS) {
    test(`${JSON.stringify(typed)} is ${line}`, () => assert.equal(shown(keyed(typed).line), line));
    test(`${JSON.stringify(typed)} is ${line} also byte by byte`, () => {
      let now = EMPTY_LINE;
      for (const byte of bytesOf(typed)) now = readKeys(now, Uint8Array.of(byte), 0, false).line;
      assert.equal(shown(now), line);
    });
  }

  test('the keys that are more than editing stop there', () => {
    const acts = { '\r': 'enter', '?': 'help', '\t': 'complete', '\x03': 'interrupt', '\x0c': 'redraw' };
    for (const [key, act] of Object.entries(acts)) {
      const read = keyed(`ab${key}cd`);
      assert.deepEqual([read.act, read.used, read.line.text], [act, 3, 'ab'], act);
      assert.equal(keyed(`ab\x1b[1${key}`).act, key === '?' ? undefined : act, 'amid an escape sequence');
    }
  });

  test('in what is sent, "?" is text and Tab is a space', () => {
    assert.equal(readKeys(EMPTY_LINE, bytesOf('show\t?'), 0, true).line.text, 'show ?');
  });

  test('a line holds so much: more rings once, is not kept, and the line is not run until it is begun anew', () => {
    const full = keyed('x'.repeat(LINE_MAX));
    assert.deepEqual([full.line.text.length, full.rings, full.line.isOver], [LINE_MAX, false, false]);
    const over = keyed('y'.repeat(100_000), full.line);
    assert.deepEqual([over.line.text, over.rings, over.line.isOver], [full.line.text, true, true]);
    assert.equal(keyed('z', over.line).rings, false);
    assert.equal(keyed('\b', over.line).line.isOver, true);
    assert.equal(keyed('\x15', over.line).line.isOver, false);
  });

  test('the history goes back and forth, and comes back to the line of one’s own', () => {
    const line = remembering('one', 'two', 'two', '  ', 'three');
    assert.deepEqual(line.history, ['one', 'two', 'three']);
    assert.equal(shown(keyed('own\x10\x10', line).line), 'two_');
    assert.equal(shown(keyed('own\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A', line).line), 'one_');
    assert.equal(shown(keyed('own\x1bOA\x1b[B', line).line), 'own_');
    assert.equal(shown(keyed('own\x0e', line).line), 'own_');
    const many = remembering(...Array.from({ length: 60 }, (_, i) => `line ${i}`));
    assert.deepEqual([many.history.length, many.history[0]], [HISTORY_MAX, 'line 10']);
  });

  test('CR, LF and CRLF are one end, wherever they are cut', () => {
    const text = 'a\rb\nc\r\nd\n\ne\r\r\n\r';
    for (let at = 0; at <= text.length; at += 1) {
      const first = joinEnds(bytesOf(text.slice(0, at)), false);
      const second = joinEnds(bytesOf(text.slice(at)), first.wasCr);
      const all = Buffer.concat([first.bytes, second.bytes]).toString('latin1');
      assert.equal(all, 'a\rb\rc\rd\r\re\r\r\r', `cut at ${at}`);
    }
  });

  test('no bytes throw, leave the line, or make it hold anything but printable ASCII', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), (chunks) => {
        let line = remembering('one', 'show status');
        for (const bytes of chunks) {
          for (let at = 0; at < bytes.length; ) {
            const read = readKeys(line, bytes, at, false);
            assert.ok(read.used > at, 'it goes on');
            ({ line, used: at } = read);
            assert.match(line.text, /^[ -~]*$/);
            assert.ok(line.at >= 0 && line.at <= line.text.length && line.escape.length <= 8);
          }
        }
      }),
    );
  });
});

/** A terminal that knows BS, CR and characters, and how wide it is. */
function drawn(row: string, at: number, sent: string, width: number): { row: string; at: number } {
  const cells = [...row];
  let cursor = at;
  for (const c of sent) {
    if (c === '\b') cursor -= 1;
    else if (c === '\r') cursor = 0;
    else cells[cursor++] = c;
    assert.ok(cursor >= 0 && cursor < width, 'the cursor stays in the row');
  }
  return { row: cells.join('').trimEnd(), at: cursor };
}

suite('the row of a console', (test) => {
  test('on a terminal that knows BS, space and CR, it is always what the line is', () => {
    const view = fc
      .tuple(fc.string({ maxLength: 200 }), fc.nat(200), fc.integer({ min: 20, max: 90 }))
      .map(([text, at, width]) => ({ text, at: Math.min(at, text.length), width }));
    fc.assert(
      fc.property(view, view, (a, b) => {
        const old = viewOf('ewon> ', a, b.width);
        const next = viewOf('ewon> ', b, b.width);
        assert.ok(next.text.length < b.width, 'nothing wraps');
        const { row, at } = drawn(old.text, old.at, paint(old, next), b.width);
        assert.deepEqual([row, at], [next.text.trimEnd(), next.at]);
        const under = next.text[next.at] ?? '';
        assert.ok(under === (b.text[b.at] ?? '') || under === '$', `${under} under the cursor`);
      }),
    );
  });

  test('a character at the end is that character, and BS there is BS, space, BS', () => {
    const row = (text: string): View => ({ text, at: text.length });
    assert.equal(paint(row('ab'), row('abc')), 'c');
    assert.equal(paint(row('abc'), row('ab')), '\b \b');
  });
});
