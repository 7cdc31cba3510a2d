import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { noticesOf, readPiece, takePiece, type Unfinished } from './notices.ts';

const LONG = JSON.stringify([{ event: `"Pumpe" \\ Süd ☃ 🎛 ${'x'.repeat(20_000)}` }]);
const pieces = (from: string, text: string) =>
  noticesOf(from, text).map((notice) => assertOk(readPiece(Buffer.from(notice))));

suite('notices between servers', (test) => {
  test('a text of any length is whole again at the other end, and no piece is longer than PostgreSQL takes', () => {
    for (const text of ['[]', JSON.stringify('"'.repeat(9000)), LONG]) {
      let unfinished: Unfinished = {};
      const wholes: string[] = [];
      for (const notice of noticesOf('a', text)) {
        assert.ok(Buffer.byteLength(notice) < 8000, `${Buffer.byteLength(notice)} bytes`);
        const taken = takePiece(unfinished, assertOk(readPiece(Buffer.from(notice))));
        unfinished = taken.unfinished;
        if (taken.whole !== undefined) wholes.push(taken.whole);
      }
      assert.equal(wholes.length, 1);
      assert.deepEqual(JSON.parse(wholes[0] ?? ''), JSON.parse(text));
      assert.deepEqual(unfinished, {});
    }
  });

  test('pieces of two senders may come in turns', () => {
    const [a, b] = [pieces('a', LONG), pieces('b', LONG)];
    let unfinished: Unfinished = {};
    let wholes = 0;
    for (const [i, piece] of a.entries())
      for (const next of [piece, b[i]]) {
        if (!next) continue;
        const taken = takePiece(unfinished, next);
        unfinished = taken.unfinished;
        if (taken.whole !== undefined) wholes += 1;
      }
    assert.equal(wholes, 2);
  });

  test('a text whose beginning was not heard is told torn at its end, once', () => {
    let unfinished: Unfinished = {};
    const told = pieces('a', LONG)
      .slice(1)
      .map((piece) => {
        const taken = takePiece(unfinished, piece);
        unfinished = taken.unfinished;
        return [taken.whole, taken.torn];
      });
    assert.deepEqual(told.at(-1), [undefined, true]);
    assert.ok(told.slice(0, -1).every(([whole, torn]) => whole === undefined && torn === undefined));
  });
});
