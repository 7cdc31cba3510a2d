import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { packedKernel } from './kernel-image.ts';

const XZ = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

/** A bzImage with one setup sector (as 0 means 4, it is 4 when `setupSectors` is 0) and the packed bytes 16 bytes behind it. */
function bzImage(setupSectors: number, packed: readonly number[]): Uint8Array {
  const from = ((setupSectors || 4) + 1) * 512 + 16;
  const image = Buffer.alloc(from + packed.length + 4);
  image[0x1f1] = setupSectors;
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt32LE(16, 0x248);
  image.writeUInt32LE(packed.length + 4, 0x24c); // the unpacked size follows
  image.set(packed, from);
  return image;
}

suite('kernel image', (test) => {
  test('the packed kernel is found behind the setup code, without the size that follows it', () => {
    for (const sectors of [0, 1, 31]) {
      const packed = [...XZ, 1, 2, 3];
      assert.deepEqual([...assertOk(packedKernel(bzImage(sectors, packed)))], packed, `${sectors} setup sectors`);
    }
  });

  test('what is no bzImage, is cut off or is packed otherwise is refused', () => {
    const whole = bzImage(1, [...XZ, 1, 2, 3]);
    assertFault(packedKernel(whole.subarray(0, 0x200)), 'BAD_REQUEST');
    assertFault(packedKernel(whole.subarray(0, whole.length - 8)), 'BAD_REQUEST');
    assertFault(packedKernel(new Uint8Array(4096)), 'BAD_REQUEST');
    assertFault(packedKernel(bzImage(1, [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0])), 'BAD_REQUEST');
  });
});
