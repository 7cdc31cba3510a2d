import 'reflect-metadata'; // @peculiar/x509 asks for it to be loaded first
import { createPublicKey, sign, verify } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSignedBy, openJws, publicKeyOf, signJws } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { openDeviceKey } from './device-key-file.ts';

const on = (body: (dir: string, path: string) => Promise<void>) => async () => {
  const dir = mkdtempSync(join(tmpdir(), 'key-'));
  try {
    await body(dir, join(dir, 'device-key.json'));
  } finally {
    rmSync(dir, { recursive: true });
  }
};

suite('device key file', (test) => {
  test(
    'the key is made at the first start, in a file for its owner only, with nothing left beside it',
    on(async (dir, path) => {
      const before = process.umask(0);
      await openDeviceKey(dir).finally(() => process.umask(before));
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.deepEqual(readdirSync(dir), ['device-key.json']);
    }),
  );

  test(
    'a second start gives the same key and the same request',
    on(async (dir) => {
      const first = await openDeviceKey(dir);
      assert.deepEqual(await openDeviceKey(dir), first);
    }),
  );

  test(
    'two devices have two keys',
    on(async (dir) => {
      mkdirSync(join(dir, 'other'));
      assert.notEqual((await openDeviceKey(dir)).device.jwk.x, (await openDeviceKey(join(dir, 'other'))).device.jwk.x);
    }),
  );

  test(
    'public key, secret key and PEM belong together',
    on(async (dir) => {
      const { device, secretKey, privateKeyPem } = await openDeviceKey(dir);
      const publicKey = publicKeyOf(device.jwk);
      assert.ok(publicKey);
      assert.ok(isSignedBy(assertOk(openJws(signJws({ typ: 'ewon-reg' }, 'x', secretKey), 'ewon-reg')), publicKey));
      const signature = sign(null, Buffer.from('x'), privateKeyPem);
      const { kty, crv, x } = device.jwk;
      assert.ok(verify(null, Buffer.from('x'), createPublicKey({ key: { kty, crv, x }, format: 'jwk' }), signature));
    }),
  );

  test(
    'the request is signed by the key and names nothing else',
    on(async (dir) => {
      const { device } = await openDeviceKey(dir);
      const request = new Pkcs10CertificateRequest(device.csr);
      assert.ok(await request.verify());
      const spki = Buffer.from(request.publicKey.rawData);
      assert.deepEqual(new Uint8Array(spki.subarray(-32)), publicKeyOf(device.jwk));
      assert.equal(request.subject, 'CN=ewon');
      assert.deepEqual(request.extensions, []);
      assert.match(device.csr, /^-----BEGIN CERTIFICATE REQUEST-----\n/);
    }),
  );

  test(
    'what is told of the device holds no private key',
    on(async (dir, path) => {
      const { device } = await openDeviceKey(dir);
      const { seed } = JSON.parse(readFileSync(path, 'utf8'));
      assert.equal(Buffer.from(seed, 'base64url').length, 32);
      assert.ok(!JSON.stringify(device).includes(seed));
      assert.deepEqual(Object.keys(device.jwk).sort(), ['crv', 'kty', 'x']);
    }),
  );

  test(
    'a power cut before the rename leaves no key; the next start makes one',
    on(async (dir, path) => {
      writeFileSync(`${path}.new`, '{"v":1,"se', { mode: 0o644 });
      await openDeviceKey(dir);
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.deepEqual(readdirSync(dir), ['device-key.json']);
    }),
  );

  const foreign: Record<string, (kept: { seed: string; csr: string }) => string> = {
    'an empty file': () => '',
    'half a file': (kept) => JSON.stringify(kept).slice(0, 40),
    'no JSON': (kept) => `x${kept.seed}`,
    'another version': (kept) => JSON.stringify({ ...kept, v: 2 }),
    'a seed too short': (kept) => JSON.stringify({ v: 1, ...kept, seed: kept.seed.slice(2) }),
    'a seed too long': (kept) => JSON.stringify({ v: 1, ...kept, seed: `${kept.seed}AAAA` }),
    'no request': ({ seed }) => JSON.stringify({ v: 1, seed }),
    'a list': (kept) => JSON.stringify([kept]),
    null: () => 'null',
    'a request for another key': (kept) => JSON.stringify({ v: 1, csr: kept.csr, seed: `B${kept.seed.slice(1)}` }),
  };
  for (const [name, text] of Object.entries(foreign)) {
    test(
      `${name} in place of the key stops the start, stays as it is, and is not told`,
      on(async (dir, path) => {
        await openDeviceKey(dir);
        const kept = JSON.parse(readFileSync(path, 'utf8'));
        const odd = text({ seed: kept.seed, csr: kept.csr });
        writeFileSync(path, odd);
        await assert.rejects(openDeviceKey(dir), (error) => {
          assert.ok(error instanceof Error);
          assert.ok(error.message.includes(path), error.message);
          assert.ok(!`${error.stack}`.includes(kept.seed.slice(1, 9)), 'the seed is not told');
          return true;
        });
        assert.equal(readFileSync(path, 'utf8'), odd);
      }),
    );
  }

  test(
    'a key that others may read is for its owner only after the start',
    on(async (dir, path) => {
      await openDeviceKey(dir);
      chmodSync(path, 0o644);
      await openDeviceKey(dir);
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }),
  );
});
