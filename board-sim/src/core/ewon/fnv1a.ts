/** FNV-1a, 32 bits: enough to see a byte that changed. `from` goes on with an earlier sum. */
export function fnv1a(bytes: Uint8Array, from = 0x811c9dc5): number {
  let sum = from;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}
