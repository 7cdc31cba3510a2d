import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { parseSize } from './image-size.ts';

suite('sizes of images', (test) => {
  test('bytes, K, M and G, in either case', () => {
    const sizes = ['512', '64K', '64m', '2G'].map((text) => assertOk(parseSize(text)));
    assert.deepEqual(sizes, [512, 65536, 67108864, 2147483648]);
  });

  test('anything else is wrong use', () => {
    for (const text of ['', 'M', '64 M', '-1M', '1.5G', '64MB', '0x40', '1e6', '513', '9'.repeat(30)]) {
      assertFault(parseSize(text), 'USAGE');
    }
  });
});
