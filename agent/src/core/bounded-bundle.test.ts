import { assert, suite } from '@ewon-agent/contracts/testing';
import { boundedBundle } from './bounded-bundle.ts';

const LIMIT = 63 * 1024;
const bytes = (value: object) => Buffer.byteLength(JSON.stringify(value));
const head = { v: 1, at: '2026-01-01T00:00:00.000Z', agent: '1.2.3' };

suite('a bundle for support', (test) => {
  test('what fits stays as it is', () => {
    const bundle = { ...head, status: { events: [1, 2, 3], text: 'x'.repeat(5000) } };
    assert.equal(boundedBundle(bundle, LIMIT), bundle);
  });

  test('of an overlong log the newest lines are kept, and a mark says how many are missing', () => {
    const events = Array.from({ length: 5000 }, (_, n) => ({ n, detail: 'pulled during read' }));
    const cut = boundedBundle({ ...head, status: { events } }, LIMIT);
    assert.ok(bytes(cut) <= LIMIT);
    assert.match(JSON.stringify(cut), /"events":\["… \(4800 entries more\)",\{"n":4800,.*"n":4999,/);
    assert.match(JSON.stringify(cut), /"cut":"too long/);
  });

  test('of an overlong text the beginning is kept, whatever its characters measure', () => {
    for (const letter of ['x', 'ü', '東', '\u0000']) {
      const cut = boundedBundle({ ...head, status: { detail: letter.repeat(100_000) } }, LIMIT);
      assert.ok(bytes(cut) <= LIMIT, letter);
      assert.match(JSON.stringify(cut), /… \(\d+ characters more\)/);
    }
  });

  test('what is nested without end is cut at a depth', () => {
    let deep: object = {};
    for (let n = 0; n < 2000; n++) deep = { inside: 'x'.repeat(50), deep };
    assert.match(JSON.stringify(boundedBundle({ ...head, status: deep }, LIMIT)), /"deep":"… \(deeper\)"/);
  });

  test('nothing makes it longer than the limit: names without end leave the head only', () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`name ${n}`, n]));
    for (const status of [many, { ['n'.repeat(70_000)]: 1 }]) {
      const cut = boundedBundle({ ...head, status }, LIMIT);
      assert.ok(bytes(cut) <= LIMIT);
      assert.deepEqual({ ...cut, cut: undefined }, { ...head, cut: undefined });
    }
  });
});
