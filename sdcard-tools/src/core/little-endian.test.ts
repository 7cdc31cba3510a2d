import { assert, suite } from '@ewon-agent/contracts/testing';
import { u16, u32, u64 } from './little-endian.ts';

suite('little-endian numbers', (test) => {
  const bytes = Uint8Array.of(0x01, 0x02, 0x03, 0xf4, 0x05, 0x06, 0x07, 0xf8);

  test('16, 32 and 64 bits, unsigned', () => {
    assert.equal(u16(bytes, 2), 0xf403);
    assert.equal(u32(bytes, 0), 0xf403_0201);
    assert.equal(u64(bytes, 0), 0xf807_0605_f403_0201n);
  });

  test('what is not there is 0', () => {
    assert.equal(u16(bytes, 7), 0xf8);
    assert.equal(u32(bytes, 6), 0xf807);
    assert.equal(u64(bytes, 8), 0n);
  });
});
