// Numbers as all structures on a card have them. A byte that is not there is 0; who reads has checked the length.

/** Reads an unsigned number of 16 bits. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** Reads an unsigned number of 32 bits. */
export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) + u16(bytes, at + 2) * 0x10000;
}

/** Reads an unsigned number of 64 bits. */
export function u64(bytes: Uint8Array, at: number): bigint {
  return BigInt(u32(bytes, at)) + (BigInt(u32(bytes, at + 4)) << 32n);
}
