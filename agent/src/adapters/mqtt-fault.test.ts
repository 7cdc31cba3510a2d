import type { Code } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import {
  disconnectFaultOf,
  handshakeFaultOf,
  isOtherVersion,
  isReset,
  publishFaultOf,
  sessionFaultOf,
} from './mqtt-fault.ts';

const error = (code?: string | number) =>
  Object.assign(new Error('words that change'), code === undefined ? {} : { code });

suite('MQTT faults', (test) => {
  const handshake: Readonly<Record<string, Code>> = {
    ECONNREFUSED: 'UPLINK_UNREACHABLE',
    ENOTFOUND: 'UPLINK_UNREACHABLE',
    ECONNRESET: 'UPLINK_UNREACHABLE',
    ETIMEDOUT: 'UPLINK_UNREACHABLE',
    EHOSTUNREACH: 'UPLINK_UNREACHABLE',
    ERR_SSL_WRONG_VERSION_NUMBER: 'UPLINK_PROTOCOL',
    ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'UPLINK_REFUSED',
    ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'UPLINK_REFUSED',
    ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'UPLINK_REFUSED',
    CERT_HAS_EXPIRED: 'TLS_EXPIRED',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_UNTRUSTED',
  };
  for (const [name, code] of Object.entries(handshake)) {
    test(`${name}: ${code}`, () => {
      assert.equal(handshakeFaultOf(error(name)).code, code);
      assert.equal(sessionFaultOf(error(name), true).code, code);
    });
  }

  const answers: readonly (readonly [number, string, Code])[] = [
    [2, 'identifier rejected', 'UPLINK_REFUSED'],
    [3, 'server unavailable', 'UPLINK_UNREACHABLE'],
    [4, 'bad user name', 'UPLINK_REFUSED'],
    [5, 'not authorized, 3.1.1', 'UPLINK_REFUSED'],
    [0x82, 'protocol error', 'UPLINK_PROTOCOL'],
    [0x85, 'client identifier not valid', 'UPLINK_REFUSED'],
    [0x87, 'not authorized, 5', 'UPLINK_REFUSED'],
    [0x88, 'server unavailable, 5', 'UPLINK_UNREACHABLE'],
    [0x8b, 'server shutting down', 'UPLINK_UNREACHABLE'],
    [0x8e, 'session taken over', 'UPLINK_UNREACHABLE'],
    [0x95, 'packet too large', 'UPLINK_PROTOCOL'],
    [0x98, 'ended by an administrator', 'UPLINK_REFUSED'],
  ];
  for (const [answer, what, code] of answers) {
    test(`${what} (${answer}): ${code}`, () => {
      assert.equal(sessionFaultOf(error(answer), true).code, code);
      assert.equal(disconnectFaultOf(answer).code, code);
    });
  }

  test('an error without a code is bad bytes, or silence when MQTT.js has cut the connection itself', () => {
    assert.equal(sessionFaultOf(error(), false).code, 'UPLINK_PROTOCOL');
    assert.equal(sessionFaultOf(error(), true).code, 'UPLINK_UNREACHABLE');
    assert.equal(sessionFaultOf(error('UPLINK_PROTOCOL'), true).code, 'UPLINK_PROTOCOL');
  });

  test('only "not authorized" is a refusal of a message', () => {
    assert.equal(publishFaultOf(0x87).code, 'UPLINK_REFUSED');
    assert.equal(publishFaultOf(0x97).code, 'UPLINK_UNREACHABLE');
  });

  test('another version is asked for by 1 and 132, nothing else', () => {
    const asked = [...Array(256).keys()].filter((answer) => isOtherVersion(error(answer)));
    assert.deepEqual(asked, [1, 132]);
    assert.equal(isOtherVersion(error('1')), false);
  });

  test('a reset is told from other errors', () => {
    assert.deepEqual(
      ['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].map((name) => isReset(error(name))),
      [true, true, false],
    );
  });
});
