import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { DAY_MS, HOUR_MS, type Millis } from '@ewon-agent/contracts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A CA key with its own certificate. */
export type Authority = {
  readonly certificate: X509Certificate;
  /** The same, as Node reads it. */
  readonly parsed: NodeCertificate;
  /** What every certificate of this CA says of its issuer. */
  readonly named: AuthorityKeyIdentifierExtension;
  readonly key: CryptoKey;
};
/** How a CA signs. The server's is ECDSA because Chromium refuses Ed25519. */
export type AuthorityKind = 'ecdsa' | 'ed25519';

export const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const ED25519 = { name: 'Ed25519' } as const;
export const ALGORITHMS = { ecdsa: ECDSA, ed25519: ED25519 } as const;

/** As long as a gateway may stand in the field: it trusts this CA from its first day on, and nothing renews a CA yet. */
const AUTHORITY_VALID_MS = 25 * 365 * DAY_MS;
/** A certificate begins this much earlier, for machines whose clocks differ a little. */
export const BACKDATED_MS = HOUR_MS;

/** Makes a CA. @returns private key (PKCS #8) and certificate, both PEM, in one text */
export async function makeAuthority(name: string, kind: AuthorityKind, serial: string, nowMs: Millis): Promise<string> {
  const keys = await crypto.subtle.generateKey(ALGORITHMS[kind], true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('this is a bug: no key pair');
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [name] }],
      keys,
      serialNumber: serial,
      signingAlgorithm: ALGORITHMS[kind],
      notBefore: new Date(nowMs - BACKDATED_MS),
      notAfter: new Date(nowMs + AUTHORITY_VALID_MS),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return `${await privateKeyPem(keys.privateKey)}\n${pemOf(certificate)}`;
}

/** Reads what {@link makeAuthority} made. */
export async function readAuthority(pem: string, kind: AuthorityKind): Promise<Authority> {
  const [key, certificate] = PemConverter.decode(pem);
  if (!key || !certificate) throw new Error(`the file of the CA (${kind}) is damaged`);
  const own = new X509Certificate(certificate);
  return {
    key: await crypto.subtle.importKey('pkcs8', key, ALGORITHMS[kind], false, ['sign']),
    certificate: own,
    parsed: new NodeCertificate(pemOf(own)),
    named: await AuthorityKeyIdentifierExtension.create(own.publicKey, false, crypto),
  };
}

/** Writes a private key as PKCS #8 PEM. */
export async function privateKeyPem(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** Writes a certificate as PEM, with a newline at its end. */
export function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
