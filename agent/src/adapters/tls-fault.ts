import type { Code, Fault } from '@ewon-agent/contracts';

/** OpenSSL's and Node's names for a server certificate that our CA does not vouch for. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);
const OTHERS = new Map<string, Code>([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS_NAME_MISMATCH'],
  ['CERT_HAS_EXPIRED', 'TLS_EXPIRED'],
  ['CERT_NOT_YET_VALID', 'TLS_CLOCK'], // our servers' certificates begin before they are used: it is our clock that is behind
]);

/**
 * Says what is wrong with the server's certificate.
 * @returns undefined when the error is about something else. Codes: TLS_UNTRUSTED, TLS_NAME_MISMATCH, TLS_EXPIRED, TLS_CLOCK
 * Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
export function tlsFaultOf(error: unknown): Fault | undefined {
  const name = errorCodeOf(error);
  const code = name === undefined ? undefined : UNTRUSTED.has(name) ? 'TLS_UNTRUSTED' : OTHERS.get(name);
  return code && name ? { code, detail: name, cause: error } : undefined;
}

/**
 * Names the alert with which the server ended TLS, `TLSV1_ALERT_UNKNOWN_CA` or the like: it said no to us, or to our
 * certificate. Undefined when the error is not an alert.
 */
export function tlsAlertOf(error: unknown): string | undefined {
  return /^ERR_SSL_(.*ALERT.*)$/.exec(errorCodeOf(error) ?? '')?.[1];
}

/** The `code` of a Node error (`ECONNREFUSED`, `ERR_…`, an OpenSSL name), if it has one. */
export function errorCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
