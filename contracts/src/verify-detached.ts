import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/**
 * Verifies an Ed25519 signature strictly: the one door through which every signature of our own passes.
 * Refuses, beyond what RFC 8032 §5.1.7 asks: wrong lengths, S ≥ L, non-canonical or small-order A and R.
 * tweetnacl and OpenSSL each let some of these through; two verifiers that disagree are a way in.
 * @returns false for any bytes that are not a good signature; never throws
 */
export function verifyDetached(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (!hasStrictForm(signature, publicKey)) return false;
  try {
    return verify(null, message, keyObjectOf(publicKey), signature);
  } catch {
    return false; // OpenSSL refuses to load some byte strings as a key; for us that is a signature that does not fit
  }
}

/**
 * The same, by a thread of its own: for who verifies a signature for each of thousands, and has other work meanwhile.
 * @returns false for any bytes that are not a good signature; never rejects
 */
export async function verifyDetachedAside(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  if (!hasStrictForm(signature, publicKey)) return false;
  try {
    const key = keyObjectOf(publicKey);
    return await new Promise((resolve) =>
      verify(null, message, key, signature, (_, isGood) => resolve(isGood === true)),
    );
  } catch {
    return false; // as above
  }
}

let last: { readonly publicKey: Uint8Array; readonly key: KeyObject } | undefined;

/** The key as OpenSSL takes it. The last one is kept: a request and the CSR in it are signed with the same, one after the other. */
function keyObjectOf(publicKey: Uint8Array): KeyObject {
  if (last && Buffer.compare(last.publicKey, publicKey) === 0) return last.key;
  const key = createPublicKey({ key: ed25519Spki(publicKey), format: 'der', type: 'spki' });
  last = { publicKey: Uint8Array.from(publicKey), key };
  return key;
}

/**
 * Tells whether the bytes may be a signature and a key at all: the guards of {@link verifyDetached} by themselves.
 * OpenSSL 3.5.8 (Node 24) has come to refuse most of this too; an older one does not, so the guards are ours and are tested alone.
 */
export function hasStrictForm(signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  const isSmall = littleEndian(signature.subarray(32)) < GROUP_ORDER;
  return isSmall && isSoundPoint(publicKey) && isSoundPoint(signature.subarray(0, 32));
}

/**
 * SubjectPublicKeyInfo of an Ed25519 key in DER: RFC 8410 §4.
 * @param publicKey raw 32 bytes
 */
export function ed25519Spki(publicKey: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.concat([SPKI_PREFIX, publicKey]);
}

/** 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1). */
const GROUP_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
/** The field prime 2^255 − 19. */
const FIELD_PRIME = (1n << 255n) - 19n;
/** All of it up to the 32 key bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** y coordinates of the eight points of small order; the sign of x does not matter. */
const SMALL_ORDER_Y = new Set([
  0n,
  1n,
  FIELD_PRIME - 1n,
  littleEndian(Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex')),
  littleEndian(Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex')),
]);

function isSoundPoint(encoded: Uint8Array): boolean {
  const y = littleEndian(encoded) & ((1n << 255n) - 1n); // bit 255 is the sign of x
  return y < FIELD_PRIME && !SMALL_ORDER_Y.has(y);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
