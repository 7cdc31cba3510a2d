import nacl from 'tweetnacl';
import { err, ok, type Result } from './result.ts';
import { verifyDetached, verifyDetachedAside } from './verify-detached.ts';

// Flattened JWS (RFC 7515 §7.2.2) with `alg: Ed25519` (RFC 9864): the one form of everything we sign.
// Our own 60 lines instead of a JOSE library, because every signature must pass verifyDetached; held against
// the library "jose" in both directions by jws.test.ts (docs/decisions/0003-jws.md).

/** What a signed thing is; a thing of one type is never accepted as another. */
export type JwsType = 'ewon-reg' | 'ewon-card' | 'ewon-policy' | 'ewon-cmd' | 'ewon-key';
/** The three members of a flattened JWS, base64url without padding. */
export type FlattenedJws = { readonly protected: string; readonly payload: string; readonly signature: string };
/** A public key as JWK (RFC 8037 §2). */
export type Ed25519Jwk = { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
/** The protected header: `alg` and `typ` always; `nonce`, `url` and one of `jwk`, `kid` in requests (RFC 8555 §6.2). */
export type JwsHeader = {
  readonly alg: 'Ed25519';
  readonly typ: JwsType;
  readonly nonce?: string;
  readonly url?: string;
  readonly jwk?: Ed25519Jwk;
  readonly kid?: string;
};
/** A JWS that was taken apart. Its signature is not verified yet: see {@link isSignedBy}. */
export type OpenedJws = {
  readonly header: JwsHeader;
  readonly payload: Uint8Array;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
};

/**
 * Signs bytes.
 * @param secretKey 64 bytes as tweetnacl makes them (seed ‖ public key)
 */
export function signJws(
  header: Omit<JwsHeader, 'alg'>,
  payload: Uint8Array | string,
  secretKey: Uint8Array,
): FlattenedJws {
  const protectedPart = toBase64url(JSON.stringify({ alg: 'Ed25519', ...header }));
  const payloadPart = toBase64url(payload);
  const signature = nacl.sign.detached(Buffer.from(`${protectedPart}.${payloadPart}`, 'ascii'), secretKey);
  return { protected: protectedPart, payload: payloadPart, signature: toBase64url(signature) };
}

/**
 * Takes a JWS apart and checks its form: three members, strict base64url, `alg` Ed25519 and the `typ` asked for.
 * Does *not* verify the signature.
 * Codes: BAD_REQUEST.
 */
export function openJws(value: unknown, typ: JwsType): Result<OpenedJws> {
  const parts = membersOf(value);
  if (!parts) return err('BAD_REQUEST', 'not a flattened JWS');
  const headerBytes = fromBase64url(parts.protected);
  const payload = fromBase64url(parts.payload);
  const signature = fromBase64url(parts.signature);
  if (!headerBytes || !payload || !signature) return err('BAD_REQUEST', 'JWS member is not base64url');
  const header = parseHeader(headerBytes);
  if (!header) return err('BAD_REQUEST', 'JWS header');
  if (header.typ !== typ) return err('BAD_REQUEST', `JWS typ ${header.typ}, wanted ${typ}`);
  return ok({ header, payload, signed: Buffer.from(`${parts.protected}.${parts.payload}`, 'ascii'), signature });
}

/** Tells whether the JWS carries a good signature of this key. */
export function isSignedBy(jws: OpenedJws, publicKey: Uint8Array): boolean {
  return verifyDetached(jws.signed, jws.signature, publicKey);
}

/** The same, by a thread of its own. */
export function isSignedByAside(jws: OpenedJws, publicKey: Uint8Array): Promise<boolean> {
  return verifyDetachedAside(jws.signed, jws.signature, publicKey);
}

/** Writes a raw 32-byte key as JWK. */
export function jwkOf(publicKey: Uint8Array): Ed25519Jwk {
  return { kty: 'OKP', crv: 'Ed25519', x: toBase64url(publicKey) };
}

/** Reads the raw 32 key bytes of a JWK; undefined when it is not an Ed25519 key of exactly that form. */
export function publicKeyOf(jwk: unknown): Uint8Array | undefined {
  if (typeof jwk !== 'object' || jwk === null || !('x' in jwk) || !('kty' in jwk) || !('crv' in jwk)) return undefined;
  if (Object.keys(jwk).sort().join() !== 'crv,kty,x') return undefined; // `d` is a private key that must not travel
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.x !== 'string') return undefined;
  const bytes = fromBase64url(jwk.x);
  return bytes?.length === 32 ? bytes : undefined;
}

/** Writes bytes or UTF-8 text as base64url without padding. */
export function toBase64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url');
}

/** Reads strict base64url: one spelling for each byte string, undefined for any other. */
export function fromBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined;
}

function membersOf(value: unknown): FlattenedJws | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [p, b, s] = ['protected', 'payload', 'signature'].map((k) =>
    Object.hasOwn(value, k) ? Reflect.get(value, k) : undefined,
  );
  if (typeof p !== 'string' || typeof b !== 'string' || typeof s !== 'string') return undefined;
  if (Object.keys(value).length !== 3) return undefined; // an unprotected header has no meaning here
  return { protected: p, payload: b, signature: s };
}

const HEADER_MEMBERS = new Set(['alg', 'typ', 'nonce', 'url', 'jwk', 'kid']);
const TYPES: readonly string[] = ['ewon-reg', 'ewon-card', 'ewon-policy', 'ewon-cmd', 'ewon-key'] satisfies JwsType[];

function parseHeader(bytes: Uint8Array): JwsHeader | undefined {
  let h: Record<string, unknown>;
  try {
    h = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined; // not JSON: the caller names it BAD_REQUEST
  }
  if (typeof h !== 'object' || h === null || Array.isArray(h)) return undefined;
  if (h['alg'] !== 'Ed25519' || typeof h['typ'] !== 'string' || !TYPES.includes(h['typ'])) return undefined;
  if (Object.keys(h).some((k) => !HEADER_MEMBERS.has(k))) return undefined; // so `crit` and `b64` are refused
  for (const k of ['nonce', 'url', 'kid']) if (h[k] !== undefined && typeof h[k] !== 'string') return undefined;
  if (h['jwk'] !== undefined && !publicKeyOf(h['jwk'])) return undefined;
  return h as JwsHeader;
}
