import type { Code } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { errorCodeOf, tlsAlertOf, tlsFaultOf } from './tls-fault.ts';

const error = (code: string) => Object.assign(new Error('words that change'), { code });

suite('TLS faults', (test) => {
  const table: Readonly<Record<string, Code | undefined>> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_UNTRUSTED',
    SELF_SIGNED_CERT_IN_CHAIN: 'TLS_UNTRUSTED',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_UNTRUSTED',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS_UNTRUSTED',
    CERT_SIGNATURE_FAILURE: 'TLS_UNTRUSTED',
    ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_NAME_MISMATCH',
    CERT_HAS_EXPIRED: 'TLS_EXPIRED',
    CERT_NOT_YET_VALID: 'TLS_CLOCK',
    ECONNREFUSED: undefined,
    ECONNRESET: undefined,
    ERR_SSL_WRONG_VERSION_NUMBER: undefined,
    ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: undefined,
    constructor: undefined,
  };
  for (const [name, code] of Object.entries(table)) {
    test(`${name}: ${code ?? 'about something else'}`, () => assert.equal(tlsFaultOf(error(name))?.code, code));
  }

  test('the fault names what OpenSSL said and keeps the error as cause', () => {
    const cause = error('CERT_HAS_EXPIRED');
    assert.deepEqual(tlsFaultOf(cause), { code: 'TLS_EXPIRED', detail: 'CERT_HAS_EXPIRED', cause });
  });

  test('an alert is told by its name', () => {
    assert.equal(tlsAlertOf(error('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA')), 'TLSV1_ALERT_UNKNOWN_CA');
    assert.equal(tlsAlertOf(error('ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE')), 'SSL/TLS_ALERT_BAD_CERTIFICATE');
    assert.equal(tlsAlertOf(error('ERR_SSL_WRONG_VERSION_NUMBER')), undefined);
  });

  test('what is no error has no code', () => {
    for (const value of [undefined, null, 'ECONNRESET', new Error('x'), { code: 5 }]) {
      assert.equal(errorCodeOf(value), undefined);
      assert.equal(tlsFaultOf(value), undefined);
    }
  });
});
