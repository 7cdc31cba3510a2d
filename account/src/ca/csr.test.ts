import 'reflect-metadata';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import nacl from 'tweetnacl';
import { makeCsr } from '../testing/device-client.ts';
import { checkCsr } from './csr.ts';

const [own, other] = [nacl.sign.keyPair(), nacl.sign.keyPair()];
const seedOf = ({ secretKey }: nacl.SignKeyPair) => secretKey.subarray(0, 32);
const good = await makeCsr(seedOf(own), 'd_aaaaaaaaaaaaaaaaaaaaaaaaaa');
const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const pemOf = (der: Buffer) =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;

suite('a CSR', (test) => {
  test('signed with the key that it is for is good, with any line breaks', async () => {
    assertOk(await checkCsr(good, own.publicKey));
    assertOk(await checkCsr(pemOf(derOf(good)), own.publicKey));
    assertOk(await checkCsr(good.replaceAll('\n', '\r\n'), own.publicKey));
  });

  test('for another key is refused', async () => {
    assertFault(await checkCsr(await makeCsr(seedOf(other)), own.publicKey), 'BAD_SIGNATURE');
    assertFault(await checkCsr(good, other.publicKey), 'BAD_SIGNATURE');
  });

  test('with one bit changed in what is signed, or in the signature, is refused', async () => {
    const der = derOf(good);
    const signatureAt = der.length - 64;
    const signedUpTo = signatureAt - 10; // between the two: an algorithm (7 bytes), and the head of a BIT STRING (3)
    const bytes = [...der.keys()].filter((at) => at >= 4 && (at < signedUpTo || at >= signatureAt));
    for (const at of bytes) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at & 7));
      assert.equal((await checkCsr(pemOf(changed), own.publicKey)).ok, false, `byte ${at}`);
    }
  });

  test('cut short anywhere, or not a CSR, cannot be read', async () => {
    const der = derOf(good);
    for (let length = 0; length < der.length; length++)
      assertFault(await checkCsr(pemOf(der.subarray(0, length)), own.publicKey), 'BAD_REQUEST');
    const none = ['', 'x', 'MAA=', pemOf(Buffer.alloc(300, 0x30)), good.replaceAll('REQUEST', 'WISH')];
    for (const text of none) assertFault(await checkCsr(text, own.publicKey), 'BAD_REQUEST');
  });

  test('with a key of another kind is refused', async () => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    assert.ok('privateKey' in keys);
    const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const csr = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=x', keys, signingAlgorithm }, crypto);
    assertFault(await checkCsr(csr.toString('pem'), own.publicKey), 'BAD_SIGNATURE');
  });
});
