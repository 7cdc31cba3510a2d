import {
  type CardManifest,
  err,
  type FlattenedJws,
  isSignedBy,
  ok,
  openJws,
  publicKeyOf,
  type Result,
  readCardManifest,
  signJws,
  T2M_JSON_MAX_BYTES,
  toBase64url,
} from '@ewon-agent/contracts';

// T2M.json, our own file beside T2M.txt (docs/decisions/0002-wire-v1.md §2): a JWS "ewon-card" over the manifest.

export type T2mJson = { readonly manifest: CardManifest; readonly jws: FlattenedJws };

/**
 * Reads T2M.json and verifies its signature with the key that it names itself. That shows only that the file is whole; whether
 * that key is trusted and whether T2M.txt belongs to it is {@link judgeCard}'s to say.
 * Codes: CARD_TOO_LARGE, T2MJSON_BAD, T2MJSON_SIGNATURE_BAD.
 */
export function readT2mJson(bytes: Uint8Array): Result<T2mJson> {
  if (bytes.length > T2M_JSON_MAX_BYTES) {
    return err('CARD_TOO_LARGE', `T2M.json is ${bytes.length} bytes, limit ${T2M_JSON_MAX_BYTES}`);
  }
  const opened = openJws(parseJson(bytes), 'ewon-card');
  if (!opened.ok) return err('T2MJSON_BAD', opened.fault.detail);
  const manifest = readCardManifest(opened.value.payload);
  if (!manifest.ok) return manifest;
  const key = publicKeyOf(manifest.value.accountKey);
  if (!key) return err('T2MJSON_BAD', '/accountKey: not an Ed25519 key');
  if (!isSignedBy(opened.value, key)) return err('T2MJSON_SIGNATURE_BAD');
  // base64url has one spelling here, so writing the parts again gives the bytes that were signed
  const [protectedPart = '', payload = ''] = new TextDecoder().decode(opened.value.signed).split('.');
  return ok({
    manifest: manifest.value,
    jws: { protected: protectedPart, payload, signature: toBase64url(opened.value.signature) },
  });
}

/**
 * Writes T2M.json.
 * @param secretKey 64 bytes as tweetnacl makes them, of the key that the manifest names as `accountKey`
 */
export function formatT2mJson(manifest: CardManifest, secretKey: Uint8Array): Uint8Array {
  const jws = signJws({ typ: 'ewon-card' }, JSON.stringify(manifest), secretKey);
  return new TextEncoder().encode(`${JSON.stringify(jws, null, 1)}\n`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined; // not UTF-8 or not JSON: openJws names it "not a flattened JWS"
  }
}
