import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CardManifest,
  DAY_MS,
  type Grk,
  grkIdOf,
  jwkOf,
  PENDING_VALID_MS,
  SECOND_MS,
  sha256Hex,
  signJws,
  timestampOf,
} from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { openAccountFixture, START_MS } from '../testing/account-fixture.ts';
import { createTestDevice, makeCsr } from '../testing/device-client.ts';
import { refused } from '../testing/refused.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';

const FOREIGN_GRK = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV' as Grk;

suite('device interface: the way to a grant', (test) => {
  test(
    'directory, nonce, registration, poll, approval, grant; and the same grant again',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const waiting = await device.poll(location);
      assert.deepEqual([waiting.status, waiting.json['code']], [202, 'REGISTRATION_PENDING']);
      assert.equal(waiting.headers['retry-after'], '5');
      const id = await fixture.pendingId();
      const properties = { name: 'Pump 1', description: 'north', customFields: ['a', 'b', 'c'] };
      const approved = await fixture.admin('POST', `registrations/${id}/approve`, properties);
      assert.equal(approved.status, 200, approved.text);
      const grant = await device.poll(location);
      assert.equal(grant.status, 200);
      assert.equal(grant.json['status'], 'approved');
      assert.equal(grant.json['name'], 'Pump 1');
      assert.deepEqual(grant.json['customFields'], ['a', 'b', 'c']);
      const certificate = new X509Certificate(String(grant.json['certificate']));
      assert.equal(certificate.subject, `CN=${grant.json['deviceId']}`);
      assert.equal(
        certificate.subjectAltName,
        `URI:urn:ewon-agent:${fixture.account.accountId}:${grant.json['deviceId']}`,
      );
      assert.deepEqual(fixture.broker.told, [`admit ${grant.json['deviceId']}`]);
      assert.deepEqual((await device.poll(location)).json, grant.json);
    }),
  );

  test(
    'a long poll ends the moment a person decides',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const idle = fixture.clock.waiting();
      const waiting = device.poll(location, 30);
      await fixture.clock.whenWaiting(idle + 1);
      await fixture.clock.advance(29 * SECOND_MS);
      await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, {});
      assert.equal((await waiting).status, 200);
    }),
  );

  test(
    'a long poll sleeps on while a person decides about another Ewon',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const other = fixture.device('1524-0072-21');
      const location = await pending(fixture, device);
      const [{ id }] = (await fixture.admin('GET', 'registrations?state=pending')).json;
      await pending(fixture, other);
      const idle = fixture.clock.waiting();
      const waiting = device.poll(location, 30);
      await fixture.clock.whenWaiting(idle + 1);
      const all = (await fixture.admin('GET', 'registrations?state=pending')).json;
      const otherId = all.map((row: { id: string }) => row.id).find((one: string) => one !== id);
      await fixture.admin('POST', `registrations/${otherId}/reject`);
      assert.equal(fixture.clock.waiting(), idle + 1, 'it was woken for nothing');
      await fixture.admin('POST', `registrations/${id}/approve`, {});
      assert.equal((await waiting).status, 200);
    }),
  );

  test(
    'a long poll that nobody answers ends after its time and may be asked again at once',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const idle = fixture.clock.waiting();
      let ended = false;
      const waiting = device.poll(location, 99).finally(() => {
        ended = true;
      });
      await fixture.clock.whenWaiting(idle + 1);
      await fixture.clock.advance(29_999);
      assert.equal(ended, false);
      await fixture.clock.advance(1);
      const answer = await waiting;
      assert.deepEqual([answer.status, answer.headers['retry-after']], [202, '0']);
      assert.equal(answer.headers['preference-applied'], 'wait=30');
      assert.equal(fixture.clock.waiting(), idle);
    }),
  );

  test(
    'the CSR wishes for the name of another Ewon: it gets its own',
    onAccount(async (fixture) => {
      const first = await linked(fixture, fixture.device());
      const device = fixture.device('1524-0072-21');
      const csr = await makeCsr(device.keys.secretKey.subarray(0, 32), first.deviceId);
      const asked = await device.register(await device.request(await fixture.grk(), { csr }));
      await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, {});
      const grant = await device.poll(asked.headers['location'] ?? '');
      assert.notEqual(grant.json['deviceId'], first.deviceId);
      assert.equal(
        new X509Certificate(String(grant.json['certificate'])).subject,
        `CN=${String(grant.json['deviceId'])}`,
      );
    }),
  );

  test(
    'the same request three times, two of them at once: one record and one Location',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const asked = await device.request(await fixture.grk());
      const answers = [
        ...(await Promise.all([device.register(asked), device.register(asked)])),
        await device.register(asked),
      ];
      assert.deepEqual(
        answers.map((a) => a.status),
        [202, 202, 202],
      );
      assert.equal(new Set(answers.map((a) => a.headers['location'])).size, 1);
      await fixture.pendingId();
    }),
  );

  test(
    'the same device under a new request id: the newer record waits, the older is void',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const older = await pending(fixture, device);
      const newer = await pending(fixture, device);
      await fixture.pendingId();
      refused(await device.poll(older), 403, 'VOID');
      assert.equal((await device.poll(newer)).status, 202);
    }),
  );
});

suite('device interface: what a person, or nobody, decides', (test) => {
  test(
    'rejected: the device learns it, also in the middle of a long poll',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const idle = fixture.clock.waiting();
      const waiting = device.poll(location, 30);
      await fixture.clock.whenWaiting(idle + 1);
      await fixture.admin('POST', `registrations/${await fixture.pendingId()}/reject`);
      refused(await waiting, 403, 'REJECTED');
      refused(await device.poll(location), 403, 'REJECTED');
    }),
  );

  test(
    'key renewed while pending: void, and a card with the old key is refused',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const old = await fixture.grk();
      const location = await pending(fixture, device);
      const renewed = await fixture.admin('POST', 'grks/renew', {});
      assert.equal(renewed.json.voided, 1);
      refused(await device.poll(location), 403, 'VOID');
      refused(await device.register(await device.request(old)), 403, 'GRK_REVOKED');
    }),
  );

  test(
    'switched off while pending: void, and a new request is refused until it is on again',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      await fixture.admin('PATCH', 'auto-registration', { enabled: false, pool: 'Default' });
      refused(await device.poll(location), 403, 'VOID');
      const asked = await device.request(await fixture.grk());
      refused(await device.register(asked), 403, 'AUTOREGISTRATION_OFF');
      await fixture.admin('PATCH', 'auto-registration', { enabled: true, pool: 'Default' });
      assert.equal((await device.register(asked)).status, 202);
    }),
  );

  test(
    'nobody decides for 30 days: expired, and approving it is refused',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const id = await fixture.pendingId();
      fixture.clock.jump(PENDING_VALID_MS - SECOND_MS);
      assert.equal((await device.poll(location)).status, 202);
      fixture.clock.jump(SECOND_MS);
      const approved = await fixture.admin('POST', `registrations/${id}/approve`, {});
      assert.deepEqual([approved.status, approved.json.code], [403, 'PENDING_EXPIRED']);
      refused(await device.poll(location), 403, 'PENDING_EXPIRED');
      assert.deepEqual(fixture.broker.told.length, 2, 'admitted and revoked again');
    }),
  );

  test(
    'nobody looks for 30 days either: expired all the same',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      fixture.clock.jump(PENDING_VALID_MS);
      refused(await device.poll(location), 403, 'PENDING_EXPIRED');
    }),
  );

  test(
    'removed by the account: UNLINKED, the broker is told, and a card brings it back with replace not proposed',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const { location, deviceId } = await linked(fixture, device);
      const removed = await fixture.admin('DELETE', `ewons/${deviceId}`);
      assert.equal(removed.status, 200);
      assert.equal(fixture.broker.told.at(-1), `revoke ${deviceId}`);
      refused(await device.poll(location), 410, 'UNLINKED');
      const again = await device.register(await device.request(await fixture.grk()));
      assert.equal(again.json['code'], 'REGISTRATION_PENDING');
    }),
  );

  test(
    'the device forgets: unlinked once and again, then the card proposes to replace; its properties move',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const { location, deviceId } = await linked(fixture, device);
      assert.equal((await device.unlink(location, deviceId)).status, 200);
      assert.equal((await device.unlink(location, deviceId)).status, 200);
      assert.equal(fixture.broker.told.at(-1), `revoke ${deviceId}`);
      refused(await device.poll(location), 410, 'UNLINKED');
      const again = await device.register(await device.request(await fixture.grk()));
      assert.equal(again.json['code'], 'REPLACE_PROPOSED');
      const id = await fixture.pendingId();
      const replaced = await fixture.admin('POST', `registrations/${id}/replace`, { deviceId });
      assert.equal(replaced.status, 200, replaced.text);
      const grant = await device.poll(again.headers['location'] ?? '');
      assert.deepEqual([grant.json['status'], grant.json['name']], ['replaced', device.serial]);
      assert.notEqual(grant.json['deviceId'], deviceId);
    }),
  );

  test(
    'a device that lost its state while linked: replace proposed, approving it ends the old link',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const { deviceId } = await linked(fixture, device);
      const again = await device.register(await device.request(await fixture.grk()));
      assert.equal(again.json['code'], 'REPLACE_PROPOSED');
      const done = await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, {
        name: 'Second',
      });
      assert.equal(done.status, 200, done.text);
      assert.equal(fixture.broker.told.at(-1), `revoke ${deviceId}`);
      const links = (await fixture.admin('GET', 'ewons')).json.map((e: { link: string }) => e.link);
      assert.deepEqual(links.toSorted(), ['linked', 'unlinked']);
    }),
  );
});

suite('device interface: what is refused', (test) => {
  test(
    'a key the account does not know',
    onAccount(async (fixture) => {
      const device = fixture.device();
      refused(await device.register(await device.request(FOREIGN_GRK)), 403, 'GRK_UNKNOWN');
    }),
  );

  test(
    'an imported key that has expired; until then it works',
    onAccount(async (fixture) => {
      const expiresAt = new Date(fixture.clock.now() + DAY_MS).toISOString();
      const imported = await fixture.admin('POST', 'grks/import', { key: FOREIGN_GRK, expiresAt });
      assert.equal(imported.status, 200, imported.text);
      const device = fixture.device();
      assert.equal((await device.register(await device.request(FOREIGN_GRK))).status, 202);
      await fixture.clock.advance(DAY_MS + 1);
      refused(await device.register(await device.request(FOREIGN_GRK)), 403, 'GRK_EXPIRED');
    }),
  );

  test(
    'dates of the card: judged when this account signed it for this card, else they say nothing',
    onAccount(async (fixture) => {
      const grk = await fixture.grk();
      const t2mSha256 = 'a'.repeat(64);
      const ask = async (changes: Partial<CardManifest>, secretKey: Uint8Array) => {
        const manifest: CardManifest = {
          ...{ v: 1, accountUrl: fixture.account.deviceUrl, accountCa: fixture.account.ca, grkId: grkIdOf(grk) },
          ...{ accountKey: jwkOf(secretKey.subarray(32)), t2mSha256, notBefore: timestampOf(START_MS) },
          ...{ receipt: false, wipe: false, ...changes },
        };
        const device = fixture.device();
        const asked = await device.request(grk);
        const jws = signJws({ typ: 'ewon-card' }, JSON.stringify(manifest), secretKey);
        return device.register({ ...asked, evidence: { ...asked.evidence, manifest: jws } });
      };
      const seed = new Uint8Array(readFileSync(join(fixture.stateDir, 'account-signing.key')));
      const { secretKey } = nacl.sign.keyPair.fromSeed(seed);
      const over = { notAfter: timestampOf(START_MS - 1) };
      assert.equal((await ask({}, secretKey)).status, 202);
      refused(await ask({ notBefore: timestampOf(START_MS + 1) }, secretKey), 403, 'GRK_EXPIRED');
      refused(await ask(over, secretKey), 403, 'GRK_EXPIRED');
      assert.equal((await ask(over, nacl.sign.keyPair().secretKey)).status, 202);
      assert.equal((await ask({ ...over, t2mSha256: 'b'.repeat(64) }, secretKey)).status, 202);
    }),
  );

  test(
    'the pool of the key counts, not the one its card was written with, which may be gone',
    onAccount(async (fixture) => {
      await fixture.admin('POST', 'pools', { name: 'Old' });
      await fixture.admin('POST', 'pools', { name: 'New' });
      const grk = await fixture.grk();
      const path = `grks/${grkIdOf(grk)}`;
      assert.equal((await fixture.admin('PATCH', path, { pool: 'Old' })).status, 200);
      const card = (await fixture.admin('GET', `${path}/export?form=files`)).json;
      const manifest = JSON.parse(Buffer.from(card.t2mJson, 'base64').toString('utf8'));
      const t2mSha256 = sha256Hex(Buffer.from(card.t2mTxt, 'base64'));
      await fixture.admin('PATCH', path, { pool: 'New' });
      assert.equal((await fixture.admin('DELETE', 'pools/Old')).status, 200);
      const device = fixture.device();
      const asked = await device.request(grk);
      const evidence = { ...asked.evidence, t2mSha256, manifest };
      assert.equal((await device.register({ ...asked, evidence })).status, 202);
      const [waiting] = (await fixture.admin('GET', 'registrations?state=pending')).json;
      assert.equal(waiting.pool, 'New');
    }),
  );

  test(
    'the request id of another device',
    onAccount(async (fixture) => {
      const [device, other] = [fixture.device(), fixture.device('1524-0072-21')];
      const asked = await device.request(await fixture.grk());
      await device.register(asked);
      const stolen = await other.request(await fixture.grk(), { requestId: asked.requestId });
      refused(await other.register(stolen), 409, 'REQUEST_REUSED');
    }),
  );

  test(
    'a serial that is linked and online, from another device; offline it waits with replace proposed',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const { deviceId } = await linked(fixture, device);
      const topic = `ewon/v1/${fixture.account.accountId}/${deviceId}/up/status`;
      const at = new Date(fixture.clock.now()).toISOString();
      const status = { v: 1, at, epoch: 'e1', agent: '0.1.0', bootId: 'b', bootCount: 1 };
      await fixture.broker.send(topic, { ...status, seq: 1, state: 'online' });
      const twin = fixture.device();
      const asked = await twin.request(await fixture.grk());
      refused(await twin.register(asked), 409, 'SERIAL_ACTIVE');
      await fixture.broker.send(topic, { ...status, seq: 2, state: 'offline' });
      assert.equal((await twin.register(asked)).json['code'], 'REPLACE_PROPOSED');
    }),
  );

  test(
    'a refused key that is used without end fills the log with twenty lines an hour, not more',
    onAccount(async (fixture) => {
      const grk = await fixture.grk();
      await fixture.admin('PATCH', 'auto-registration', { enabled: false, pool: 'Default' });
      const refusals = async () =>
        (await fixture.admin('GET', 'log')).json.filter(
          (line: { code: string }) => line.code === 'AUTOREGISTRATION_OFF',
        ).length;
      for (let n = 0; n < 30; n++) {
        const device = fixture.device();
        refused(await device.register(await device.request(grk)), 403, 'AUTOREGISTRATION_OFF');
      }
      assert.equal(await refusals(), 20);
    }),
  );

  test('more than the quota of a source network, and of a key; another network still finds room', async () => {
    const limits = { requests: { perSecond: 1e6, burst: 1e6 }, pendingPerGrk: 3, pendingPerNetwork: 2 };
    const fixture = await openAccountFixture({ limits });
    try {
      const grk = await fixture.grk();
      const ask = async (address: string) => {
        const device = createTestDevice(fixture.askFrom(address), 'https://account.test');
        return device.register(await device.request(grk));
      };
      assert.equal((await ask('192.0.2.1')).status, 202);
      assert.equal((await ask('192.0.2.2')).status, 202);
      refused(await ask('192.0.2.3'), 429, 'PENDING_QUOTA');
      assert.equal((await ask('198.51.100.1')).status, 202);
      refused(await ask('203.0.113.1'), 429, 'PENDING_QUOTA');
      const rejected = await fixture.admin('POST', 'registrations/reject', { network: '192.0.2.0/24' });
      assert.equal(rejected.json.rejected, 2);
      assert.equal((await ask('203.0.113.1')).status, 202);
    } finally {
      await fixture.close();
    }
  });

  test('too many requests of one network, with the time to wait; another network is served', async () => {
    const fixture = await openAccountFixture({ limits: { requests: { perSecond: 1, burst: 2 } } });
    try {
      const ask = (address: string) => {
        const get = { method: 'GET', url: 'https://account.test/device/v1/directory', headers: {} } as const;
        return fixture.askFrom(address)(get);
      };
      const statuses = async () => [(await ask('192.0.2.1')).status, (await ask('192.0.2.9')).status];
      assert.deepEqual(await statuses(), [200, 200]);
      const third = await ask('192.0.2.1');
      assert.deepEqual([third.status, third.headers['retry-after']], [429, '1']);
      assert.equal(JSON.parse(third.body).code, 'RATE_LIMITED');
      assert.equal((await ask('198.51.100.1')).status, 200);
      await fixture.clock.advance(SECOND_MS);
      assert.equal((await ask('192.0.2.1')).status, 200);
    } finally {
      await fixture.close();
    }
  });
});
