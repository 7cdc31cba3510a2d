import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountIdFrom, DAY_MS, deviceIdFrom } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { createRandomNode } from '../adapters/random-node.ts';
import { NOW_MS } from '../testing/facts.ts';
import { openCa } from './ca.ts';

const random = createRandomNode();
const accountId = accountIdFrom(random.bytes(17));
const deviceId = deviceIdFrom(random.bytes(17));

async function withCa(story: (ca: Awaited<ReturnType<typeof openCa>>, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ewon-ca-'));
  try {
    await story(await openCa(folder, random, NOW_MS), folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

suite('certificate authorities', (test) => {
  test('a device certificate: key of the device, name of the account, 90 days, client only', () =>
    withCa(async (ca) => {
      const { publicKey } = nacl.sign.keyPair();
      const issued = await ca.issueDeviceCertificate(publicKey, { accountId, deviceId }, NOW_MS);
      const certificate = new X509Certificate(issued.pem);
      assert.equal(certificate.subject, `CN=${deviceId}`);
      assert.equal(certificate.subjectAltName, `URI:urn:ewon-agent:${accountId}:${deviceId}`);
      assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
      assert.equal(certificate.ca, false);
      assert.equal(certificate.serialNumber.toLowerCase(), issued.serial);
      assert.equal(Date.parse(certificate.validTo), NOW_MS + 90 * DAY_MS);
      const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
      assert.deepEqual(spki.subarray(-32), Buffer.from(publicKey));
      assert.ok(certificate.verify(new X509Certificate(ca.deviceCa).publicKey));
      assert.ok(!certificate.checkIssued(new X509Certificate(ca.tlsCa)), 'the other CA did not issue it');
    }));

  test('a server certificate is for its names, for 127.0.0.1 and for localhost, and ECDSA for Chromium', () =>
    withCa(async (ca) => {
      const { certificate: pem } = await ca.issueServerCertificate(['ewon.example', '192.0.2.7'], NOW_MS);
      const certificate = new X509Certificate(pem);
      for (const host of ['ewon.example', 'localhost']) assert.ok(certificate.checkHost(host), host);
      for (const ip of ['192.0.2.7', '127.0.0.1']) assert.ok(certificate.checkIP(ip), ip);
      assert.equal(certificate.checkHost('other.example'), undefined);
      assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
      assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
      assert.ok(certificate.verify(new X509Certificate(ca.tlsCa).publicKey));
    }));

  test('keys are for their owner only; opened again they are the same', () =>
    withCa(async (ca, folder) => {
      for (const file of ['tls-ca.pem', 'device-ca.pem'])
        assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
      const again = await openCa(folder, random, NOW_MS + DAY_MS);
      assert.deepEqual([again.tlsCa, again.deviceCa], [ca.tlsCa, ca.deviceCa]);
    }));

  test('the account connects as "account", which is no device id', () =>
    withCa(async (ca) => {
      const { certificate } = await ca.issueAccountClientCertificate(NOW_MS);
      assert.equal(new X509Certificate(certificate).subject, 'CN=account');
      assert.ok(new X509Certificate(certificate).verify(new X509Certificate(ca.deviceCa).publicKey));
    }));
});
