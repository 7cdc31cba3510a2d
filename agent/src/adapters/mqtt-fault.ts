import type { Fault } from '@ewon-agent/contracts';
import { errorCodeOf, tlsAlertOf, tlsFaultOf } from './tls-fault.ts';

// What went wrong with a broker, from errors of node:tls and MQTT.js to our codes. Numbers are return codes of
// MQTT 3.1.1 §3.2.2.3 (1 to 5) and reason codes of MQTT 5.0 §2.4 (128 and above); they do not overlap.

const UNSUPPORTED_VERSION = new Set([1, 0x84]);
/** The broker says no to us: bad identifier, credentials, not authorized, banned, ended by an administrator. */
const REFUSED = new Set([2, 4, 5, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x98]);
/** The broker cannot at present: unavailable, busy, shutting down, taken over, quota, moved, rate. */
const ELSEWHERE = new Set([0, 3, 0x80, 0x88, 0x89, 0x8b, 0x8d, 0x8e, 0x97, 0x9c, 0x9d, 0x9f, 0xa0]);

/** Judges an error of the TLS handshake. */
export function handshakeFaultOf(error: Error): Fault {
  const certificate = tlsFaultOf(error);
  if (certificate) return certificate;
  const alert = tlsAlertOf(error);
  if (alert) return { code: 'UPLINK_REFUSED', detail: alert, cause: error };
  const name = errorCodeOf(error) ?? error.message;
  return {
    code: /^(ERR_SSL_|WS_ERR_|HPE_)/.test(name) ? 'UPLINK_PROTOCOL' : 'UPLINK_UNREACHABLE',
    detail: name,
    cause: error,
  };
}

/**
 * Judges an error that MQTT.js reports.
 * @param wasCut MQTT.js destroys the socket before it reports that a ping had no answer, as an Error without a code
 */
export function sessionFaultOf(error: Error, wasCut: boolean): Fault {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (code === 'UPLINK_PROTOCOL') return { code, detail: error.message };
  if (typeof code === 'string') return handshakeFaultOf(error);
  if (typeof code === 'number') return answerFaultOf(code, error);
  if (wasCut) return { code: 'UPLINK_UNREACHABLE', detail: 'no answer in time', cause: error };
  return { code: 'UPLINK_PROTOCOL', detail: error.message.slice(0, 200), cause: error };
}

/** Judges the refusal of a message by its reason code: MQTT 5 says so in its acknowledgement, 3.1.1 cannot. */
export function publishFaultOf(reasonCode: number): Fault {
  if (reasonCode === 0x87) return { code: 'UPLINK_REFUSED', detail: 'not authorized to send' };
  return { code: 'UPLINK_UNREACHABLE', detail: `not taken: broker answered ${reasonCode}` };
}

/** Judges the DISCONNECT of an MQTT 5 broker. */
export function disconnectFaultOf(reasonCode: number): Fault {
  return answerFaultOf(reasonCode);
}

/** Tells whether the broker does not speak the MQTT version of our CONNECT. */
export function isOtherVersion(error: Error): boolean {
  return 'code' in error && typeof error.code === 'number' && UNSUPPORTED_VERSION.has(error.code);
}

/** Tells whether the connection was cut without a word. */
export function isReset(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(errorCodeOf(error) ?? '');
}

function answerFaultOf(answer: number, cause?: Error): Fault {
  const code = REFUSED.has(answer)
    ? 'UPLINK_REFUSED'
    : ELSEWHERE.has(answer)
      ? 'UPLINK_UNREACHABLE'
      : 'UPLINK_PROTOCOL';
  const detail = `broker answered ${answer}${cause ? `, ${cause.message.slice(0, 160)}` : ''}`;
  return cause ? { code, detail, cause } : { code, detail };
}
