import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { toBase64url } from '@ewon-agent/contracts';

/** What is stored in the place of an unguessable token. */
export function hashOf(token: string): string {
  return toBase64url(createHash('sha256').update(token).digest());
}

/** As {@link hashOf}, for whoever has the key alone (HMAC, RFC 2104): what can be guessed is not found by guessing. */
export function keyedHashOf(key: Uint8Array, text: string): string {
  return toBase64url(createHmac('sha256', key).update(text).digest());
}

/** Compares two secrets in the same time whatever they have in common. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)));
}
