import { NONCE_VALID_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { isFresh, makeNonce, readNonce } from './nonce.ts';

const KEY = new Uint8Array(32).fill(1);
const RANDOM = new Uint8Array(16).fill(2);

suite('nonce', (test) => {
  test('what was made is read back', () => {
    for (const nonce of [
      { generation: 1, atMs: 0 },
      { generation: 4_000_000_000, atMs: 1.8e12 },
      { generation: 2, atMs: -1 },
    ])
      assert.deepEqual(readNonce(KEY, makeNonce(KEY, nonce, RANDOM)), nonce);
  });
  test('not one bit may differ, and another key makes others', () => {
    const text = makeNonce(KEY, { generation: 1, atMs: 5 }, RANDOM);
    const bytes = Buffer.from(text, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(readNonce(KEY, changed.toString('base64url')), undefined);
    }
    for (const wrong of ['', 'A', `${text}A`, text.slice(1), `${text}=`, 'ü'])
      assert.equal(readNonce(KEY, wrong), undefined);
    assert.equal(readNonce(new Uint8Array(32), text), undefined);
  });
  test('good from its moment for five minutes, in this generation and the next', () => {
    const fresh = (ageMs: number, generations: number) =>
      isFresh({ generation: 7, atMs: 0 }, { generation: 7 + generations, atMs: ageMs });
    assert.deepEqual(
      [0, NONCE_VALID_MS].map((age) => fresh(age, 0)),
      [true, true],
    );
    assert.deepEqual(
      [-1, NONCE_VALID_MS + 1].map((age) => fresh(age, 0)),
      [false, false],
    );
    assert.deepEqual(
      [-1, 1, 2].map((generations) => fresh(0, generations)),
      [false, true, false],
    );
  });
});
