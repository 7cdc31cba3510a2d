import { err, ok, type Result } from '@ewon-agent/contracts';

// Source: Linux Documentation/arch/x86/boot.rst, boot protocol 2.08 and later.
const MAGIC = { at: 0x202, value: 0x53726448 } as const; // "HdrS"
const SETUP_SECTORS_AT = 0x1f1;
const PAYLOAD_OFFSET_AT = 0x248;
const PAYLOAD_LENGTH_AT = 0x24c;
/** The build appends the unpacked size to what xz made. */
const SIZE_BYTES = 4;
const XZ_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

/**
 * Finds the packed kernel in a bzImage of Debian, which packs with xz.
 * @returns the xz stream. Codes: BAD_REQUEST (not such an image)
 */
export function packedKernel(image: Uint8Array): Result<Uint8Array> {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < PAYLOAD_LENGTH_AT + 4 || view.getUint32(MAGIC.at, true) !== MAGIC.value) {
    return err('BAD_REQUEST', 'this is no bzImage');
  }
  const setupSectors = image[SETUP_SECTORS_AT] || 4; // 0 means 4, for historical reasons
  const from = (setupSectors + 1) * 512 + view.getUint32(PAYLOAD_OFFSET_AT, true);
  const to = from + view.getUint32(PAYLOAD_LENGTH_AT, true) - SIZE_BYTES;
  const packed = image.subarray(from, to);
  if (to > image.length || !XZ_MAGIC.every((byte, at) => packed[at] === byte)) {
    return err('BAD_REQUEST', 'the kernel in this bzImage is not packed with xz');
  }
  return ok(packed);
}
