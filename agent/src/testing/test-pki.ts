import 'reflect-metadata'; // @peculiar/x509 asks for it to be loaded first
import { randomBytes } from 'node:crypto';
import { DAY_MS } from '@ewon-agent/contracts';
import {
  BasicConstraintsExtension,
  type JsonGeneralNames,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

// Certificates for tests, right and wrong, as an account has them: ECDSA P-256 (docs/decisions/0002-wire-v1.md §4).

/** A server's certificate and its key, both PEM. */
export type ServerIdentity = { readonly certificate: string; readonly privateKey: string };
/** What may be wrong with a server's certificate. */
export type CertificateFlaw = 'none' | 'selfSigned' | 'wrongName' | 'expired' | 'notYetValid';
export type TestCa = { readonly pem: string; issue(flaw: CertificateFlaw): Promise<ServerIdentity> };

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HERE: JsonGeneralNames = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'dns', value: 'localhost' },
];
const ELSEWHERE: JsonGeneralNames = [{ type: 'dns', value: 'elsewhere.test' }];

/** Makes a CA for server certificates. */
export async function createTestCa(): Promise<TestCa> {
  const keys = await newKeys();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...head('test CA', 'none'),
    keys,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return { pem: ca.toString('pem'), issue: (flaw) => issue(ca, keys.privateKey, flaw) };
}

async function issue(ca: X509Certificate, caKey: CryptoKey, flaw: CertificateFlaw): Promise<ServerIdentity> {
  const keys = await newKeys();
  const extensions = [new SubjectAlternativeNameExtension(flaw === 'wrongName' ? ELSEWHERE : HERE)];
  const certificate =
    flaw === 'selfSigned'
      ? await X509CertificateGenerator.createSelfSigned({ ...head('server', flaw), keys, extensions })
      : await X509CertificateGenerator.create({
          ...head('server', flaw),
          subject: 'CN=server',
          issuer: ca.subject,
          publicKey: keys.publicKey,
          signingKey: caKey,
          extensions,
        });
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
  return { certificate: certificate.toString('pem'), privateKey };
}

function head(name: string, flaw: CertificateFlaw) {
  const days = flaw === 'expired' ? [-3, -1] : flaw === 'notYetValid' ? [1, 3] : [-1, 1];
  const [notBefore, notAfter] = days.map((day) => new Date(Date.now() + day * DAY_MS));
  return {
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: `CN=${name}`,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
  };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
