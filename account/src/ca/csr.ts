import { err, ok, type Result, verifyDetached } from '@ewon-agent/contracts';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { PemConverter } from '@peculiar/x509';

/** RFC 8410 §3; the same for the key and for the signature. */
const ED25519 = '1.3.101.112';

/**
 * Checks that a CSR was signed with the device key. Its subject and its wishes are not looked at: what a certificate says,
 * the account chooses. Of one thread and without WebCrypto, because an account does it for each request of its whole fleet.
 * @param publicKey raw 32 bytes of the device key
 * Codes: BAD_REQUEST (not a CSR), BAD_SIGNATURE (not by this key).
 */
export function checkCsr(pem: string, publicKey: Uint8Array): Result<void> {
  const csr = parse(pem);
  if (!csr?.certificationRequestInfoRaw) return err('BAD_REQUEST', 'the CSR cannot be read');
  const { algorithm, subjectPublicKey } = csr.certificationRequestInfo.subjectPKInfo;
  if (algorithm.algorithm !== ED25519 || !Buffer.from(subjectPublicKey).equals(publicKey))
    return err('BAD_SIGNATURE', 'the CSR is for another key');
  const isSigned =
    csr.signatureAlgorithm.algorithm === ED25519 &&
    verifyDetached(new Uint8Array(csr.certificationRequestInfoRaw), new Uint8Array(csr.signature), publicKey);
  return isSigned ? ok(undefined) : err('BAD_SIGNATURE', 'the CSR is not signed with its key');
}

function parse(pem: string): CertificationRequest | undefined {
  try {
    const [block] = PemConverter.decodeWithHeaders(pem);
    return block?.type === PemConverter.CertificateRequestTag
      ? AsnConvert.parse(block.rawData, CertificationRequest)
      : undefined;
  } catch {
    return undefined; // hostile bytes; the parser's words help nobody
  }
}
