import { assert, suite } from '@ewon-agent/contracts/testing';
import fc from 'fast-check';
import { sum } from '../testing/exfat-image.ts';
import { bootChecksum, nameHash, setChecksum } from './exfat-checksums.ts';

suite('the checksums of exFAT', (test) => {
  test('a bit that falls out on the right comes back on the left', () => {
    assert.equal(bootChecksum(Uint8Array.of(1, 0)), 0x8000_0000);
    assert.equal(setChecksum(Uint8Array.of(1, 0, 9, 9, 0)), 0x4000);
    assert.equal(nameHash(Uint8Array.of(1, 0)), 0x8000);
  });

  test('the hash of "A", by hand', () => {
    // 0041h; then 0041h turned right by a bit, which is 8020h, plus 00h
    assert.equal(nameHash(Uint8Array.of(0x41, 0x00)), 0x8020);
  });

  test('what changes on a mounted volume, and the checksum itself, are left out', () => {
    const region = new Uint8Array(11 * 512).fill(0x5a);
    const before = bootChecksum(region);
    region.set([1, 2], 106);
    region[112] = 3;
    assert.equal(bootChecksum(region), before);
    region[113] = 0;
    assert.notEqual(bootChecksum(region), before);
    const set = new Uint8Array(96).fill(0xc1);
    const sound = setChecksum(set);
    set.set([7, 8], 2);
    assert.equal(setChecksum(set), sound);
  });

  test('the same as by arithmetic instead of bits, on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        assert.equal(bootChecksum(bytes), sum(bytes, 32, [106, 107, 112]));
        assert.equal(setChecksum(bytes), sum(bytes, 16, [2, 3]));
        assert.equal(nameHash(bytes), sum(bytes, 16, []));
      }),
    );
  });
});
