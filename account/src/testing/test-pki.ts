import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { accountIdFrom, type DeviceAddress, deviceIdFrom } from '@ewon-agent/contracts';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

// Certificates for tests of TLS and MQTT, made on the spot: the forms of docs/decisions/0002-wire-v1.md §4, and wrong ones.

/** A certificate and its private key, both PEM. */
export type Identity = { readonly certificate: string; readonly privateKey: string };

/** What a leaf is made of; what is left out is right. */
export type Leaf = {
  readonly commonName: string;
  readonly names?: JsonGeneralNames;
  readonly usage?: 'client' | 'server';
  readonly notBefore?: Date;
  readonly notAfter?: Date;
};

/** A certificate authority of a test. `pem` is its own certificate; `own`, with its key, is a self-signed identity. */
export type TestCa = { readonly pem: string; readonly own: Identity; issue(leaf: Leaf): Promise<Identity> };

type Algorithm = 'Ed25519' | 'P-256';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const HOUR_MS = 3_600_000;

/** Makes a CA: Ed25519 as the device CA, P-256 as the CA of the servers. */
export async function createTestCa(name: string, algorithm: Algorithm): Promise<TestCa> {
  cryptoProvider.set(webcrypto as Crypto);
  const keys = await keysFor(algorithm);
  const ca = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - HOUR_MS),
    notAfter: new Date(Date.now() + HOUR_MS),
    keys,
    signingAlgorithm: signingAlgorithm(algorithm),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    pem: ca.toString('pem'),
    own: { certificate: ca.toString('pem'), privateKey: await pemOf(keys.privateKey) },
    issue: async (leaf) => {
      const leafKeys = await keysFor(leaf.usage === 'server' ? 'P-256' : 'Ed25519');
      const certificate = await X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: [{ CN: [leaf.commonName] }],
        issuer: ca.subject,
        notBefore: leaf.notBefore ?? new Date(Date.now() - HOUR_MS),
        notAfter: leaf.notAfter ?? new Date(Date.now() + HOUR_MS),
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: signingAlgorithm(algorithm),
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([leaf.usage === 'server' ? SERVER_AUTH : CLIENT_AUTH]),
          ...(leaf.names ? [new SubjectAlternativeNameExtension(leaf.names)] : []),
        ],
      });
      return { certificate: certificate.toString('pem'), privateKey: await pemOf(leafKeys.privateKey) };
    },
  };
}

/** The two CAs of an account server, with what the tests of its brokers need. */
export type TestPki = {
  readonly serverCa: TestCa;
  readonly deviceCa: TestCa;
  /** A server certificate for 127.0.0.1 and localhost. */
  readonly server: Identity;
  /** The account's own client certificate for Mosquitto: CN `account`. */
  readonly account: Identity;
  device(address: DeviceAddress): Promise<Identity>;
};

/** Makes both CAs, a server certificate and the account's own. */
export async function createTestPki(): Promise<TestPki> {
  const serverCa = await createTestCa('test server CA', 'P-256');
  const deviceCa = await createTestCa('test device CA', 'Ed25519');
  const names: JsonGeneralNames = [
    { type: 'ip', value: '127.0.0.1' },
    { type: 'dns', value: 'localhost' },
  ];
  return {
    serverCa,
    deviceCa,
    server: await serverCa.issue({ commonName: 'localhost', usage: 'server', names }),
    account: await deviceCa.issue({ commonName: 'account' }),
    device: (address) => deviceCa.issue(deviceLeaf(address)),
  };
}

/** The leaf of a right device certificate. */
export function deviceLeaf({ accountId, deviceId }: DeviceAddress): Leaf {
  return { commonName: deviceId, names: [{ type: 'url', value: `urn:ewon-agent:${accountId}:${deviceId}` }] };
}

/** A fresh account id and `count` devices in it. */
export function testDevices(count: number): readonly DeviceAddress[] {
  const accountId = accountIdFrom(randomBytes(17));
  return Array.from({ length: count }, () => ({ accountId, deviceId: deviceIdFrom(randomBytes(17)) }));
}

function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`; // leads with 01: positive and never shortened
}

function signingAlgorithm(algorithm: Algorithm): EcdsaParams | { name: string } {
  return algorithm === 'Ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', hash: 'SHA-256' };
}

async function keysFor(algorithm: Algorithm): Promise<CryptoKeyPair> {
  const parameters = algorithm === 'Ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' };
  return (await webcrypto.subtle.generateKey(parameters, true, ['sign', 'verify'])) as CryptoKeyPair;
}

async function pemOf(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}
