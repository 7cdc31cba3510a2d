import { parseGrk } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createRandomNode } from '../adapters/random-node.ts';
import { createVault, makeGrk } from './vault.ts';

const random = createRandomNode();
const KEY = new Uint8Array(32).fill(1);

suite('vault', (test) => {
  test('what was sealed is opened, never twice the same, and the key is not in it', () => {
    const vault = createVault(KEY, random);
    const grk = makeGrk(random);
    const [a, b] = [vault.seal(grk), vault.seal(grk)];
    assert.notEqual(a, b);
    assert.deepEqual([vault.open(a), vault.open(b)], [grk, grk]);
    assert.ok(!Buffer.from(a, 'base64url').includes(grk.slice(4, 12)));
  });
  test('another master key, or one bit changed, opens nothing', () => {
    const sealed = createVault(KEY, random).seal(makeGrk(random));
    assert.throws(() => createVault(new Uint8Array(32), random).open(sealed), /master key/);
    const bytes = Buffer.from(sealed, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      assert.throws(() => createVault(KEY, random).open(changed.toString('base64url')), /master key/);
    }
    assert.throws(() => createVault(KEY, random).open(''), /master key/);
  });
  test('a new key has the form of one', () => {
    for (let n = 0; n < 100; n++) assertOk(parseGrk(makeGrk(random)));
  });
});
