import { sha256Hex } from './hash.ts';
import { assert, suite } from './testing/suite.ts';

suite('SHA-256', (test) => {
  test('the vector "abc" of FIPS 180-4', () => {
    const abc = new TextEncoder().encode('abc');
    assert.equal(sha256Hex(abc), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
