import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  type AccountId,
  DAY_MS,
  DEVICE_CERTIFICATE_VALID_MS,
  type DeviceId,
  ed25519Spki,
  type Millis,
  type RandomPort,
  toUtf8,
} from '@ewon-agent/contracts';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  type PublicKeyType,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { keepFile } from '../adapters/secret-file.ts';
import type { KeyedCertificate } from '../ports/start-broker.ts';
import {
  ALGORITHMS,
  type Authority,
  type AuthorityKind,
  BACKDATED_MS,
  ECDSA,
  makeAuthority,
  pemOf,
  privateKeyPem,
  readAuthority,
} from './authority.ts';

/** A certificate of a device. `serial` is lower-case hex. */
export type IssuedCertificate = {
  readonly pem: string;
  readonly serial: string;
  readonly notBeforeMs: Millis;
  readonly notAfterMs: Millis;
};

/** For whom a device certificate is: all of it chosen by the account (CVE-2024-33897). */
export type DeviceSubject = { readonly accountId: AccountId; readonly deviceId: DeviceId };

/**
 * The account's two CAs. The TLS CA (ECDSA P-256) issues the certificates of servers, the device CA (Ed25519)
 * those of devices; neither is accepted in place of the other.
 */
export type Ca = {
  /** PEM: what a device trusts a server by. */
  readonly tlsCa: string;
  /** PEM: what the broker trusts a device by. */
  readonly deviceCa: string;
  /**
   * Issues for a device key. That the device has it, its CSR has shown: see checkCsr.
   * @param publicKey raw 32 bytes
   */
  issueDeviceCertificate(publicKey: Uint8Array, subject: DeviceSubject, nowMs: Millis): Promise<IssuedCertificate>;
  /** @param names host names and addresses; 127.0.0.1 and localhost are added */
  issueServerCertificate(names: readonly string[], nowMs: Millis): Promise<KeyedCertificate>;
  /** For the account's own connection to a broker. @param name CN, `account` unless told; no device id can be like it */
  issueAccountClientCertificate(nowMs: Millis, name?: string): Promise<KeyedCertificate>;
};

/** A server certificate is made anew at every start, so this is the longest time without one. */
const SERVER_CERTIFICATE_VALID_MS = 3 * 365 * DAY_MS;

/** Opens the CAs of a state directory, or makes them at the first start. Keys are in files of mode 0600. */
export async function openCa(stateDir: string, random: RandomPort, nowMs: Millis): Promise<Ca> {
  const open = async (file: string, name: string, kind: AuthorityKind): Promise<Authority> => {
    const made = () => makeAuthority(name, kind, serialFrom(random), nowMs).then(toUtf8);
    return readAuthority(Buffer.from(await keepFile(join(stateDir, file), made)).toString('ascii'), kind);
  };
  const tls = await open('tls-ca.pem', 'Ewon agent account TLS CA', 'ecdsa');
  const devices = await open('device-ca.pem', 'Ewon agent device CA', 'ed25519');

  return {
    tlsCa: pemOf(tls.certificate),
    deviceCa: pemOf(devices.certificate),
    async issueDeviceCertificate(publicKey, { accountId, deviceId }, nowMs) {
      const serial = serialFrom(random);
      const [notBeforeMs, notAfterMs] = [nowMs - BACKDATED_MS, nowMs + DEVICE_CERTIFICATE_VALID_MS];
      const names: JsonGeneralName[] = [{ type: 'url', value: `urn:ewon-agent:${accountId}:${deviceId}` }];
      const subject = { commonName: deviceId, names, usages: [ExtendedKeyUsage.clientAuth] };
      const key = new PublicKey(ed25519Spki(publicKey));
      const pem = await issue(devices, 'ed25519', { ...subject, publicKey: key, serial, notBeforeMs, notAfterMs });
      return { pem, serial, notBeforeMs, notAfterMs };
    },
    issueServerCertificate: (names, nowMs) =>
      issueWithKey(tls, 'ecdsa', {
        commonName: names[0] ?? 'localhost',
        names: [...new Set([...names, 'localhost', '127.0.0.1'])].map(generalName),
        usages: [ExtendedKeyUsage.serverAuth],
        serial: serialFrom(random),
        notBeforeMs: nowMs - BACKDATED_MS,
        notAfterMs: nowMs + SERVER_CERTIFICATE_VALID_MS,
      }),
    issueAccountClientCertificate: (nowMs, name = 'account') =>
      issueWithKey(devices, 'ed25519', {
        commonName: name,
        names: [],
        usages: [ExtendedKeyUsage.clientAuth],
        serial: serialFrom(random),
        notBeforeMs: nowMs - BACKDATED_MS,
        notAfterMs: nowMs + SERVER_CERTIFICATE_VALID_MS,
      }),
  };
}

type Request = {
  readonly commonName: string;
  readonly names: readonly JsonGeneralName[];
  readonly usages: readonly ExtendedKeyUsage[];
  readonly serial: string;
  readonly notBeforeMs: Millis;
  readonly notAfterMs: Millis;
};

async function issueWithKey(authority: Authority, kind: AuthorityKind, request: Request): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('this is a bug: no key pair');
  return {
    certificate: await issue(authority, kind, { ...request, publicKey: keys.publicKey }),
    privateKey: `${await privateKeyPem(keys.privateKey)}\n`,
  };
}

async function issue(
  authority: Authority,
  kind: AuthorityKind,
  request: Request & { publicKey: PublicKeyType },
): Promise<string> {
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([...request.usages]),
    authority.named,
  ];
  if (request.names.length > 0) extensions.push(new SubjectAlternativeNameExtension([...request.names]));
  const certificate = await X509CertificateGenerator.create(
    {
      subject: [{ CN: [request.commonName] }],
      issuer: authority.certificate.subjectName,
      publicKey: request.publicKey,
      signingKey: authority.key,
      signingAlgorithm: ALGORITHMS[kind],
      serialNumber: request.serial,
      notBefore: new Date(request.notBeforeMs),
      notAfter: new Date(request.notAfterMs),
      extensions,
    },
    crypto,
  );
  const pem = pemOf(certificate);
  if (!new NodeCertificate(pem).checkIssued(authority.parsed))
    throw new Error('this is a bug: a certificate that its CA did not issue');
  return pem;
}

/** 16 bytes whose first is neither zero nor above 0x7f, so that every program writes the serial in the same way. */
function serialFrom(random: RandomPort): string {
  const bytes = random.bytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function generalName(name: string): JsonGeneralName {
  return { type: isIP(name) ? 'ip' : 'dns', value: name };
}
