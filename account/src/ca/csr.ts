import { err, ok, type Result, verifyDetachedAside } from '@ewon-agent/contracts';
import { PemConverter } from '@peculiar/x509';
import { BitString, fromBER, ObjectIdentifier, Sequence } from 'asn1js';

/** RFC 8410 §3; the same for the key and for the signature. */
const ED25519 = '1.3.101.112';

/**
 * Checks that a CSR was signed with the device key. Its subject and its wishes are not looked at: what a certificate says,
 * the account chooses. Without WebCrypto and without reading what is not asked for, because an account does
 * it for each request of its whole fleet.
 * @param publicKey raw 32 bytes of the device key
 * Codes: BAD_REQUEST (not a CSR), BAD_SIGNATURE (not by this key).
 */
export async function checkCsr(pem: string, publicKey: Uint8Array): Promise<Result<void>> {
  const csr = parse(pem);
  if (!csr) return err('BAD_REQUEST', 'the CSR cannot be read');
  if (csr.keyAlgorithm !== ED25519 || !Buffer.from(csr.publicKey).equals(publicKey))
    return err('BAD_SIGNATURE', 'the CSR is for another key');
  const isSigned =
    csr.signatureAlgorithm === ED25519 &&
    (await verifyDetachedAside(new Uint8Array(csr.signed), new Uint8Array(csr.signature), publicKey));
  return isSigned ? ok(undefined) : err('BAD_SIGNATURE', 'the CSR is not signed with its key');
}

type Csr = {
  readonly signed: Uint8Array;
  readonly keyAlgorithm: string;
  readonly publicKey: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
};

function parse(pem: string): Csr | undefined {
  try {
    const [block] = PemConverter.decodeWithHeaders(pem);
    if (block?.type !== PemConverter.CertificateRequestTag) return undefined;
    const { offset, result } = fromBER(block.rawData);
    return offset === block.rawData.byteLength ? csrOf(result) : undefined;
  } catch {
    return undefined; // hostile bytes; the parser's words help nobody
  }
}

/** RFC 2986 §4: what is signed (version, subject, key, wishes), the algorithm, the signature. */
function csrOf(read: unknown): Csr | undefined {
  const [signed, algorithm, signature, ...over] = membersOf(read);
  const [, , key] = membersOf(signed);
  const [keyAlgorithm, publicKey] = membersOf(key);
  if (!(signed instanceof Sequence && signature instanceof BitString && publicKey instanceof BitString))
    return undefined;
  if (over.length > 0) return undefined;
  return {
    signed: signed.valueBeforeDecodeView,
    keyAlgorithm: nameOf(keyAlgorithm),
    publicKey: publicKey.valueBlock.valueHexView,
    signatureAlgorithm: nameOf(algorithm),
    signature: signature.valueBlock.valueHexView,
  };
}

function membersOf(of: unknown): readonly unknown[] {
  return of instanceof Sequence ? of.valueBlock.value : [];
}

function nameOf(algorithm: unknown): string {
  const [name] = membersOf(algorithm);
  return name instanceof ObjectIdentifier ? name.getValue() : '';
}
