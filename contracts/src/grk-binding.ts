import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Grk, type GrkId, grkIdOf, parseGrkId } from './ids.ts';
import { type Ed25519Jwk, type FlattenedJws, fromBase64url, publicKeyOf, toBase64url } from './jws.ts';
import { err, ok, type Result } from './result.ts';

// External Account Binding (RFC 8555 §7.3.4): proof that a device holds the GRK, bound to its own key and to one
// URL. The GRK never crosses the network; the agent keeps the binding and forgets the GRK.

/** What a binding claims; the claim is only good once {@link isBoundBy} has said so. */
export type GrkBindingClaim = {
  readonly grkId: GrkId;
  readonly url: string;
  readonly publicKey: Uint8Array;
  readonly jws: FlattenedJws;
};

/** Binds a device key to a GRK. `url` is the URL of the outer request. */
export function bindToGrk(grk: Grk, jwk: Ed25519Jwk, url: string): FlattenedJws {
  const header = toBase64url(JSON.stringify({ alg: 'HS256', kid: grkIdOf(grk), url }));
  const payload = toBase64url(JSON.stringify(jwk));
  return { protected: header, payload, signature: toBase64url(macOf(grk, header, payload)) };
}

/** Reads what a binding claims, without the key. Codes: BAD_REQUEST. */
export function readGrkBinding(jws: FlattenedJws): Result<GrkBindingClaim> {
  const header = parseObject(jws.protected);
  const publicKey = publicKeyOf(parseObject(jws.payload));
  const grkId = parseGrkId(header?.['kid']);
  const url = header?.['url'];
  // exactly these three (RFC 8555 §7.3.4): so `crit`, `b64` and a nonce are refused
  if (!header || Object.keys(header).sort().join() !== 'alg,kid,url') return err('BAD_REQUEST', 'grkBinding');
  if (header['alg'] !== 'HS256' || !grkId.ok || typeof url !== 'string' || !publicKey)
    return err('BAD_REQUEST', 'grkBinding');
  return ok({ grkId: grkId.value, url, publicKey, jws });
}

/** Tells whether the binding was made with this GRK. Takes the same time for any wrong one. */
export function isBoundBy(claim: GrkBindingClaim, grk: Grk): boolean {
  const given = fromBase64url(claim.jws.signature);
  return given?.length === 32 && timingSafeEqual(given, macOf(grk, claim.jws.protected, claim.jws.payload));
}

function macOf(grk: Grk, header: string, payload: string): Buffer {
  return createHmac('sha256', Buffer.from(grk, 'ascii')).update(`${header}.${payload}`, 'ascii').digest();
}

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(fromBase64url(part) ?? []).toString('utf8'));
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined; // not JSON: the caller names it BAD_REQUEST
  }
}
