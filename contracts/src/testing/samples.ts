import { accountIdFrom, deviceIdFrom } from '../ids.ts';
import { jwkOf } from '../jws.ts';
import { topicPrefixFor } from '../topics.ts';

// Made-up values of the forms that schemas ask for. Nothing here is a real key.

export const ACCOUNT = accountIdFrom(new Uint8Array(17).fill(1));
export const DEVICE = deviceIdFrom(new Uint8Array(17).fill(2));
export const JWK = jwkOf(new Uint8Array(32).fill(5));
export const PREFIX = topicPrefixFor({ accountId: ACCOUNT, deviceId: DEVICE });
export const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
export const JWS = { protected: 'eyJhIjoxfQ', payload: 'e30', signature: 'AAAA' };

/** Values that no time, identity or address of ours may have. */
export const BAD_TIMES = [
  '2026-03-01',
  '2026-03-01T12:00:00',
  '2026-03-01T12:00:00+01:00',
  '2026-03-01 12:00:00Z',
  '2026-13-01T12:00:00Z',
  '2026-00-01T12:00:00Z',
  '2026-03-32T12:00:00Z',
  '2026-03-01T24:00:00Z',
  '2026-03-01T12:60:00Z',
  '2026-03-01T12:00:00.0000Z',
  '12026-03-01T12:00:00Z',
  ' 2026-03-01T12:00:00Z',
  '2026-03-01T12:00:00Z\n',
];
export const GOOD_TIMES = ['1970-01-01T00:00:00Z', '2026-12-31T23:59:59.999Z', '2024-02-29T00:00:00.1Z'];
export const BAD_URLS = [
  'http://account.test/',
  'https://',
  'account.test',
  'javascript:alert(1)',
  'https://a.test/ x',
  'https://a.test/\n',
  ` https://a.test/`,
  `https://${'a'.repeat(512)}`,
];
export const BAD_PEMS = [
  '',
  'MIIB',
  ' -----BEGIN CERTIFICATE-----\n',
  '-----BEGIN CERTIFICATE-----',
  `-----BEGIN CERTIFICATE-----\n${'A'.repeat(16_384)}`,
];
export const BAD_KEYS = [
  { ...JWK, crv: 'X25519' },
  { ...JWK, kty: 'EC' },
  { ...JWK, d: JWK.x },
  { ...JWK, x: JWK.x.slice(1) },
  { ...JWK, x: `${JWK.x}A` },
  { ...JWK, x: `${JWK.x.slice(0, -1)}B` },
  { ...JWK, x: '' },
];
