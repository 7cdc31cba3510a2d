import 'reflect-metadata';
import { err, ok, type Result } from '@ewon-agent/contracts';
import { Pkcs10CertificateRequest, type PublicKey } from '@peculiar/x509';

/** DER of SubjectPublicKeyInfo for Ed25519 up to the 32 key bytes (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Reads a CSR and checks that it was signed with the device key. Its subject and its wishes are not looked at.
 * @param publicKey raw 32 bytes of the device key
 * Codes: BAD_REQUEST (not a CSR), BAD_SIGNATURE (not by this key).
 */
export async function readCsr(pem: string, publicKey: Uint8Array): Promise<Result<PublicKey>> {
  let csr: Pkcs10CertificateRequest;
  try {
    csr = new Pkcs10CertificateRequest(pem);
  } catch {
    return err('BAD_REQUEST', 'the CSR cannot be read'); // hostile bytes; the parser's words help nobody
  }
  const wanted = Buffer.concat([SPKI_PREFIX, publicKey]);
  if (!wanted.equals(Buffer.from(csr.publicKey.rawData))) return err('BAD_SIGNATURE', 'the CSR is for another key');
  try {
    if (!(await csr.verify(crypto))) return err('BAD_SIGNATURE', 'the CSR is not signed with its key');
  } catch {
    return err('BAD_SIGNATURE', 'the CSR is not signed with its key'); // an algorithm that does not fit the key
  }
  return ok(csr.publicKey);
}
