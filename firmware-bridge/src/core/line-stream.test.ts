import { assert, suite } from '@ewon-agent/contracts/testing';
import { feed, lastLine, NO_LINES, STREAM_LINE_MAX_CHARACTERS, type StreamLine } from './line-stream.ts';

const lines = (...pieces: readonly string[]): readonly StreamLine[] => {
  let stream = NO_LINES;
  const found: StreamLine[] = [];
  for (const piece of pieces) {
    const [next, more] = feed(stream, piece);
    stream = next;
    found.push(...more);
  }
  return [...found, ...lastLine(stream)];
};

suite('lines of a stream', (test) => {
  const TEXT = '\r\nOK\r\n\n$GP,1\r\rx\n\nlast';
  const FOUND = ['OK', '$GP,1', 'x', 'last'].map((text, i) => ({ line: i + 1, text, cut: false }));

  test('are the same wherever the pieces begin and end', () => {
    assert.deepEqual(lines(TEXT), FOUND);
    assert.deepEqual(lines(...TEXT), FOUND);
    for (let at = 0; at <= TEXT.length; at++) assert.deepEqual(lines(TEXT.slice(0, at), TEXT.slice(at)), FOUND);
  });

  test('a line that is too long is cut, whatever the pieces, and the next one is whole', () => {
    const long = 'x'.repeat(STREAM_LINE_MAX_CHARACTERS + 1);
    for (const pieces of [[`${long}\nnext\n`], [...`${long}\nnext\n`]])
      assert.deepEqual(lines(...pieces), [
        { line: 1, text: long.slice(1), cut: true },
        { line: 2, text: 'next', cut: false },
      ]);
    assert.deepEqual(lines(`${long.slice(1)}\n`), [{ line: 1, text: long.slice(1), cut: false }]);
  });

  test('an endless line takes no room', () => {
    let stream = NO_LINES;
    for (let i = 0; i < 100; i++) [stream] = feed(stream, 'x'.repeat(65_536));
    assert.equal(stream.rest.length, STREAM_LINE_MAX_CHARACTERS);
  });
});
