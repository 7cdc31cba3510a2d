/**
 * Computes the CRC-32 of zip, PNG and GPT (ISO 3309, reflected, polynomial 04C11DB7h), bit by bit: a partition table has 16 KiB.
 * @returns 32 bits, unsigned
 */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}
