import { crc32 as ofZlib } from 'node:zlib';
import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { crc32 } from './crc32.ts';

suite('CRC-32', (test) => {
  test('the check value of the catalogues', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf4_3926);
    assert.equal(crc32(new Uint8Array()), 0);
  });

  test('the same as zlib on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => crc32(bytes) === ofZlib(bytes)));
  });
});
