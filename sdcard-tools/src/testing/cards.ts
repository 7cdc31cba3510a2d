import { generateKeyPairSync } from 'node:crypto';
import {
  type CardManifest,
  type CardReceipt,
  type Ed25519Jwk,
  type Grk,
  grkIdOf,
  parseGrk,
  publicKeyOf,
  sha256Hex,
} from '@ewon-agent/contracts';
import { assert, assertOk } from '@ewon-agent/contracts/testing';
import { formatT2mJson } from '../core/t2m-json.ts';
import { formatT2mTxt } from '../core/t2m-txt.ts';

// Made-up keys and cards for the tests of this package.

/** A made-up key. */
export const GRK: Grk = assertOk(parseGrk('A01-0123456789ABCDEFGHIJKLMNOPQRSTUV'));
/** Another made-up key. */
export const OTHER_GRK: Grk = assertOk(parseGrk('A01-ZYXWVUTSRQPONMLKJIHGFEDCBA987654'));

/** What a device leaves on a card. */
export const RECEIPT = {
  at: '2026-03-01T12:00:00.000Z',
  serial: '1524-0071-21',
  fingerprint: '4f2a-90c1-77be-03d5',
  grkId: '0a1b2c3d',
  code: 'REGISTRATION_PENDING',
} as CardReceipt;

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** T2M.txt as genuine tools write it. */
export function t2mTxt(grk: Grk = GRK, note = 'Pump station 3'): Uint8Array {
  return assertOk(formatT2mTxt({ grk, note }));
}

/** An account's signing key: the public part as JWK, the secret one as tweetnacl makes it. */
export type AccountKey = { readonly jwk: Ed25519Jwk; readonly secretKey: Uint8Array };

/** Makes an account's signing key. */
export function accountKey(): AccountKey {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const jwk: Ed25519Jwk = { kty: 'OKP', crv: 'Ed25519', x };
  const publicKey = publicKeyOf(jwk);
  assert.ok(publicKey);
  return { jwk, secretKey: Uint8Array.of(...Buffer.from(d, 'base64url'), ...publicKey) };
}

/** A manifest that fits a T2M.txt. */
export function manifestFor(txt: Uint8Array, key: AccountKey, changes: Partial<CardManifest> = {}): CardManifest {
  return {
    v: 1,
    accountUrl: 'https://127.0.0.1:8443/device/v1/directory',
    accountCa: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    accountKey: key.jwk,
    grkId: grkIdOf(GRK),
    t2mSha256: sha256Hex(txt),
    notBefore: '2026-01-01T00:00:00.000Z',
    receipt: false,
    wipe: false,
    ...changes,
  };
}

/** T2M.json that fits a T2M.txt. */
export function t2mJson(txt: Uint8Array, key: AccountKey, changes: Partial<CardManifest> = {}): Uint8Array {
  return formatT2mJson(manifestFor(txt, key, changes), key.secretKey);
}
