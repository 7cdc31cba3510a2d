import { Readable } from 'node:stream';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { readLines } from './lines.ts';

async function linesOf(pieces: readonly Buffer[], maxCharacters = 100) {
  const lines: string[] = [];
  const stream = Readable.from(pieces, { objectMode: false });
  readLines(stream, maxCharacters, (line) => lines.push(line));
  await new Promise((ended) => stream.on('close', ended));
  return lines;
}

suite('lines of a stream', (test) => {
  test('are the same however the bytes are split', async () => {
    const bytes = Buffer.from('one\r\ntwo\n\nvier är ü\nlast');
    for (let at = 0; at <= bytes.length; at++) {
      const lines = await linesOf([bytes.subarray(0, at), bytes.subarray(at)].filter((piece) => piece.length > 0));
      assert.deepEqual(lines, ['one', 'two', '', 'vier är ü', 'last'], `split at ${at}`);
    }
  });

  test('that are too long come in pieces', async () => {
    assert.deepEqual(await linesOf([Buffer.from('abcdefghij\nk')], 4), ['abcdefghij', 'k']); // whole in one piece
    assert.deepEqual(await linesOf([Buffer.from('abcdefghij'), Buffer.from('\nk')], 4), ['abcd', 'efgh', 'ij', 'k']);
  });
});
