import { createHash } from 'node:crypto';

/** Computes SHA-256 as 64 lower-case hex digits, the form of `t2mSha256` in a card manifest. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
