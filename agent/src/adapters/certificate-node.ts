import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../core/answers.ts';

/** Reads of a certificate what the core judges; undefined when it is not one or not for an Ed25519 key. */
export function readCertificate(pem: string): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const jwk = certificate.publicKey.export({ format: 'jwk' });
    if (jwk.crv !== 'Ed25519' || !jwk.x) return undefined;
    return {
      serial: certificate.serialNumber.toLowerCase(),
      valid: { notBeforeMs: Date.parse(certificate.validFrom), notAfterMs: Date.parse(certificate.validTo) },
      commonName: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '',
      publicKey: new Uint8Array(Buffer.from(jwk.x, 'base64url')),
      sanUris: (certificate.subjectAltName ?? '')
        .split(', ')
        .flatMap((name) => (name.startsWith('URI:') ? [name.slice(4)] : [])),
    };
  } catch {
    return undefined; // not a certificate; the core answers GRANT_BAD
  }
}
