import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { fromBase64url, type Millis, NONCE_VALID_MS, toBase64url } from '@ewon-agent/contracts';

// Nonces (RFC 8555 §6.5) without memory: generation ‖ time ‖ random ‖ MAC. Used ones are kept in the database until
// their generation is over. The generation counts up with every purge and never goes back, so that a clock
// set forward and back again does not make a purged nonce good a second time.

/** What a nonce says of itself, after its MAC was found good. */
export type Nonce = { readonly generation: number; readonly atMs: Millis };

/** 32 bytes; as a KeyObject it is made ready once for all. */
export type NonceKey = Uint8Array | KeyObject;

/** @param random 16 bytes */
export function makeNonce(key: NonceKey, nonce: Nonce, random: Uint8Array): string {
  const head = Buffer.alloc(12 + random.length);
  head.writeUInt32BE(nonce.generation, 0);
  head.writeBigInt64BE(BigInt(Math.trunc(nonce.atMs)), 4);
  head.set(random, 12);
  return toBase64url(Buffer.concat([head, macOf(key, head)]));
}

/** Reads a nonce; undefined when this account did not make it. */
export function readNonce(key: NonceKey, text: string): Nonce | undefined {
  const bytes = fromBase64url(text);
  if (bytes?.length !== 12 + 16 + MAC_BYTES) return undefined;
  const head = Buffer.from(bytes.subarray(0, 28));
  if (!timingSafeEqual(bytes.subarray(28), macOf(key, head))) return undefined;
  return { generation: head.readUInt32BE(0), atMs: Number(head.readBigInt64BE(4)) };
}

/** Tells whether a nonce is neither too old nor from the future, in time and in generation. */
export function isFresh(nonce: Nonce, now: Nonce): boolean {
  const ageMs = now.atMs - nonce.atMs;
  const generations = now.generation - nonce.generation;
  return ageMs >= 0 && ageMs <= NONCE_VALID_MS && (generations === 0 || generations === 1);
}

/** 128 bits: a guess is tried over the network, once. */
const MAC_BYTES = 16;

function macOf(key: NonceKey, head: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(head).digest().subarray(0, MAC_BYTES);
}
