// Pieces that several schemas share. JSON Schema draft 7, as ajv 8 reads it by default.

/** An object with exactly these members, all required but those named in `optional`. */
export function exactly(properties: Record<string, object>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((k) => !optional.includes(k));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An object of which only these members are read; newer senders may add others. */
export function atLeast(properties: Record<string, object>, optional: readonly string[] = []) {
  return { ...exactly(properties, optional), additionalProperties: true };
}

export const text = (maxLength: number, minLength = 0) => ({ type: 'string', minLength, maxLength });
export const matching = (pattern: string) => ({ type: 'string', pattern });
/** Above 2^53 − 1 two numbers that differ would be read as the same. */
export const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
export const yesOrNo = { type: 'boolean' };
export const listOf = (items: object, maxItems: number, minItems = 0) => ({ type: 'array', items, maxItems, minItems });

export const serial = matching('^\\d{4}-\\d{4}-\\d{2}$');
export const deviceId = matching('^d_[a-z2-7]{26}$');
export const accountId = matching('^a_[a-z2-7]{26}$');
export const commandId = matching('^c_[a-z2-7]{26}$');
export const grkId = matching('^[0-9a-f]{8}$');
export const slotId = matching('^[a-z][a-z0-9]{0,15}$');
export const sha256Hex = matching('^[0-9a-f]{64}$');
/** RFC 3339 in UTC; the ranges are checked so that Date understands whatever passes. */
export const timestamp = matching(
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?Z$',
);
export const base64url = (maxLength: number) => ({ type: 'string', pattern: '^[A-Za-z0-9_-]*$', maxLength });
export const pem = { type: 'string', pattern: '^-----BEGIN [A-Z ]+-----\\r?\\n', maxLength: 16_384 };
export const httpsUrl = { type: 'string', pattern: '^https://[^\\s]+$', maxLength: 512 };
/** 32 bytes in the one spelling that is accepted: the last character carries four bits. */
const key32 = matching('^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$');
export const jwk = exactly({ kty: { const: 'OKP' }, crv: { const: 'Ed25519' }, x: key32 });
export const jws = exactly({ protected: base64url(4096), payload: base64url(65_536), signature: base64url(86) });
/** 128 random bits, base64url. */
export const requestId = matching('^[A-Za-z0-9_-]{22}$');
export const csr = { type: 'string', pattern: '^-----BEGIN CERTIFICATE REQUEST-----', maxLength: 4096 };
/** What a device says of itself. */
export const deviceFacts = exactly({
  serial,
  model: text(64),
  firmware: text(64),
  agent: text(64, 1),
  macs: listOf(matching('^([0-9a-f]{2}:){5}[0-9a-f]{2}$'), 16),
});
