import 'reflect-metadata'; // @peculiar/x509 asks for it to be loaded first
import { jwkOf, toBase64url } from '@ewon-agent/contracts';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

/**
 * Makes a certificate request (PKCS #10, PEM) for a device key. Its subject is a fixed word, because whatever a
 * device writes there must mean nothing (CVE-2024-33897).
 */
export async function requestCertificate(seed: Uint8Array, publicKey: Uint8Array): Promise<string> {
  const jwk = jwkOf(publicKey);
  const load = (key: JsonWebKey, usage: 'sign' | 'verify') =>
    crypto.subtle.importKey('jwk', key, { name: 'Ed25519' }, true, [usage]);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: 'CN=ewon',
      keys: {
        privateKey: await load({ ...jwk, d: toBase64url(seed) }, 'sign'),
        publicKey: await load({ ...jwk }, 'verify'),
      },
      signingAlgorithm: { name: 'Ed25519' },
    },
    crypto,
  );
  return request.toString('pem');
}
