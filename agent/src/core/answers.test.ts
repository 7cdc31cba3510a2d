import { type AccountAnswer, jwkOf, toUtf8 } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { ACCOUNT, DEVICE, grant } from '../testing/fixtures.ts';
import { type CertificateFacts, judgeGrant, meaningOf, wantsNewNonce } from './answers.ts';

const URL_OF_REQUEST = 'https://account.test/device/v1/registrations';
const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const KEY = new Uint8Array(32).fill(7);
const device = { jwk: jwkOf(KEY), csr: 'CSR' };
const answer = (status: number, body: object | string, headers: Record<string, string> = {}): AccountAnswer => ({
  status,
  headers,
  body: toUtf8(typeof body === 'string' ? body : JSON.stringify(body)),
});
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  answer(status, { type: 'about:blank', title: 't', status, code, detail: 'd' }, headers);
const pending = { status: 'pending', code: 'REGISTRATION_PENDING', account: { id: ACCOUNT, name: 'Acme' } };
const wireGrant = { ...grant(), certificate: PEM, ca: PEM, accountKeys: [jwkOf(KEY)] };

/** The meaning in one word, and its code where it has one. */
function told(given: AccountAnswer): string {
  const meaning = meaningOf(given, URL_OF_REQUEST);
  if (meaning.is === 'refused') return `refused ${meaning.fault.code}`;
  if (meaning.is === 'trouble') return `trouble ${meaning.fault.code} after ${meaning.retryAfterMs}`;
  return meaning.is === 'pending' ? `pending at ${meaning.location} after ${meaning.retryAfterMs}` : meaning.is;
}

suite('answers of the account', (test) => {
  test('each answer has one meaning', () => {
    const rows: readonly (readonly [string, AccountAnswer])[] = [
      [
        'pending at https://account.test/device/v1/registrations/t after 3000',
        answer(202, pending, { location: '/device/v1/registrations/t', 'retry-after': '3' }),
      ],
      ['pending at https://account.test/device/v1/registrations after 0', answer(202, pending)],
      ['trouble ACCOUNT_ERROR after 0', answer(202, pending, { location: 'https://evil.test/x' })],
      ['trouble ACCOUNT_ERROR after 0', answer(202, '<html>login</html>')],
      ['granted', answer(200, wireGrant)],
      ['trouble ACCOUNT_ERROR after 0', answer(200, { ...wireGrant, deviceId: 'd_short' })],
      [
        'trouble ACCOUNT_ERROR after 0',
        answer(200, { ...wireGrant, mqtt: { urls: ['mqtt://plain.test'], topicPrefix: wireGrant.mqtt.topicPrefix } }),
      ],
      ['unlinked', answer(200, { status: 'unlinked' })],
      ['trouble ACCOUNT_ERROR after 0', answer(200, '')],
      ...['GRK_UNKNOWN', 'GRK_REVOKED', 'GRK_EXPIRED', 'AUTOREGISTRATION_OFF', 'REJECTED', 'VOID', 'MOVE_UNKNOWN'].map(
        (code) => [`refused ${code}`, problem(403, code)] as const,
      ),
      ...['REQUEST_REUSED', 'SERIAL_ACTIVE'].map((code) => [`refused ${code}`, problem(409, code)] as const),
      ['refused UNLINKED', problem(410, 'UNLINKED')],
      ['trouble PENDING_QUOTA after 60000', problem(429, 'PENDING_QUOTA', { 'retry-after': '60' })],
      [
        'trouble RATE_LIMITED after 0',
        problem(429, 'RATE_LIMITED', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
      ],
      ['trouble ACCOUNT_ERROR after 0', problem(403, 'NOT_A_CODE_OF_OURS')],
      ['trouble ACCOUNT_ERROR after 0', problem(403, 'toString')],
      ['trouble ACCOUNT_ERROR after 0', answer(302, '', { location: 'https://evil.test' })],
      ['trouble ACCOUNT_ERROR after 0', answer(500, 'oops')],
    ];
    for (const [expected, given] of rows)
      assert.equal(told(given), expected, new TextDecoder().decode(given.body).slice(0, 80));
  });

  test('only a 400 with BAD_NONCE asks for a new nonce', () => {
    assert.equal(wantsNewNonce(problem(400, 'BAD_NONCE')), true);
    assert.equal(wantsNewNonce(problem(400, 'BAD_REQUEST')), false);
    assert.equal(wantsNewNonce(problem(403, 'BAD_NONCE')), false);
  });
});

suite('a grant', (test) => {
  const facts: CertificateFacts = {
    commonName: DEVICE,
    publicKey: KEY,
    serial: '4a',
    valid: { notBeforeMs: 0, notAfterMs: 1 },
    sanUris: [`urn:ewon-agent:${ACCOUNT}:${DEVICE}`],
  };
  test('for our key, our id and that account is taken', () =>
    assert.equal(assertOk(judgeGrant(grant(), facts, device)).deviceId, DEVICE));
  test('anything else is refused and names what is wrong', () => {
    const rows: readonly (readonly [RegExp, CertificateFacts | undefined])[] = [
      [/cannot be read/, undefined],
      [/another key/, { ...facts, publicKey: new Uint8Array(32).fill(8) }],
      [/another key/, { ...facts, publicKey: KEY.subarray(1) }],
      [/names d_other/, { ...facts, commonName: 'd_other' }],
      [/another account/, { ...facts, sanUris: [] }],
    ];
    for (const [detail, given] of rows)
      assert.match(assertFault(judgeGrant(grant(), given, device), 'GRANT_BAD').detail, detail);
    const elsewhere = { ...grant(), mqtt: { ...grant().mqtt, topicPrefix: 'ewon/v1/x/y' } };
    assert.match(assertFault(judgeGrant(elsewhere, facts, device), 'GRANT_BAD').detail, /topic prefix/);
  });
});
