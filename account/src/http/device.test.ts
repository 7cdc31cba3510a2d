import { X509Certificate } from 'node:crypto';
import { bindToGrk, DAY_MS, type Grk, jwkOf, MINUTE_MS, PENDING_VALID_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { type AccountFixture, openAccountFixture } from '../testing/account-fixture.ts';
import { createTestDevice, type DeviceAnswer, makeCsr, type TestDevice } from '../testing/device-client.ts';

const FOREIGN_GRK = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV' as Grk;

/** Runs a story on an account of its own. */
const on = (story: (fixture: AccountFixture) => Promise<void>) => async () => {
  const fixture = await openAccountFixture();
  try {
    await story(fixture);
  } finally {
    await fixture.close();
  }
};

function refused(answer: DeviceAnswer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.json['code']], [status, code], JSON.stringify(answer.json));
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  assert.ok(answer.headers['replay-nonce'], 'every answer carries a nonce');
}

async function pending(fixture: AccountFixture, device: TestDevice): Promise<string> {
  const answer = await device.register(await device.request(await fixture.grk()));
  assert.equal(answer.status, 202, JSON.stringify(answer.json));
  return answer.headers['location'] ?? '';
}

async function linked(fixture: AccountFixture, device: TestDevice) {
  const location = await pending(fixture, device);
  const done = await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, {});
  assert.equal(done.status, 200, done.text);
  return { location, deviceId: String(done.json.deviceId) };
}

suite('device interface: the way to a grant', (test) => {
  test(
    'directory, nonce, registration, poll, approval, grant; and the same grant again',
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    'a long poll that nobody answers ends after its time and may be asked again at once',
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    on(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      await fixture.admin('PUT', 'auto-registration', { enabled: false, pool: 'Default' });
      refused(await device.poll(location), 403, 'VOID');
      const asked = await device.request(await fixture.grk());
      refused(await device.register(asked), 403, 'AUTOREGISTRATION_OFF');
      await fixture.admin('PUT', 'auto-registration', { enabled: true, pool: 'Default' });
      assert.equal((await device.register(asked)).status, 202);
    }),
  );

  test(
    'nobody decides for 30 days: expired, and approving it is refused',
    on(async (fixture) => {
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
    on(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      fixture.clock.jump(PENDING_VALID_MS);
      refused(await device.poll(location), 403, 'PENDING_EXPIRED');
    }),
  );

  test(
    'removed by the account: UNLINKED, the broker is told, and a card brings it back with replace not proposed',
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    on(async (fixture) => {
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
    on(async (fixture) => {
      const device = fixture.device();
      refused(await device.register(await device.request(FOREIGN_GRK)), 403, 'GRK_UNKNOWN');
    }),
  );

  test(
    'an imported key that has expired; until then it works',
    on(async (fixture) => {
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
    'the request id of another device',
    on(async (fixture) => {
      const [device, other] = [fixture.device(), fixture.device('1524-0072-21')];
      const asked = await device.request(await fixture.grk());
      await device.register(asked);
      const stolen = await other.request(await fixture.grk(), { requestId: asked.requestId });
      refused(await other.register(stolen), 409, 'REQUEST_REUSED');
    }),
  );

  test(
    'a serial that is linked and online, from another device; offline it waits with replace proposed',
    on(async (fixture) => {
      const device = fixture.device();
      const { deviceId } = await linked(fixture, device);
      const topic = `ewon/v1/${fixture.account.accountId}/${deviceId}/up/status`;
      const at = new Date(fixture.clock.now()).toISOString();
      const status = { v: 1, at, epoch: 'e1', agent: '0.1.0', bootId: 'b', bootCount: 1 };
      await fixture.broker.send(topic, { ...status, seq: 2, state: 'online' });
      const twin = fixture.device();
      const asked = await twin.request(await fixture.grk());
      refused(await twin.register(asked), 409, 'SERIAL_ACTIVE');
      await fixture.broker.send(topic, { ...status, seq: 1, state: 'offline' });
      assert.equal((await twin.register(asked)).json['code'], 'REPLACE_PROPOSED');
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

suite('device interface: nonce, url, kid, signatures', (test) => {
  test(
    'a nonce is good once, for five minutes, and not of another account; the refusal brings a fresh one',
    on(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const nonce = await device.nonce();
      const jws = device.sign({ nonce, url: location, kid: location }, '');
      assert.equal((await device.post(location, jws)).status, 202);
      refused(await device.post(location, jws), 400, 'BAD_NONCE');
      for (const bad of ['', 'x', `${nonce.slice(0, -2)}AA`])
        refused(await device.poll(location, 0, { nonce: bad }), 400, 'BAD_NONCE');
      const old = await device.nonce();
      await fixture.clock.advance(5 * MINUTE_MS + 1);
      refused(await device.poll(location, 0, { nonce: old }), 400, 'BAD_NONCE');
      const fresh = (await device.poll(location, 0, { nonce: old })).headers['replay-nonce'] ?? '';
      assert.equal((await device.poll(location, 0, { nonce: fresh })).status, 202);
    }),
  );

  test('a recorded request: refused a second, a day and a restart later, and after the clock went back 400 days or there and back', async () => {
    const fixture = await openAccountFixture();
    const device = fixture.device();
    const location = await pending(fixture, device);
    const jws = device.sign({ nonce: await device.nonce(), url: location, kid: location }, '');
    assert.equal((await device.post(location, jws)).status, 202);
    const again = () => device.post(location, jws);
    try {
      await fixture.clock.advance(SECOND_MS);
      refused(await again(), 400, 'BAD_NONCE');
      fixture.clock.jump(-400 * DAY_MS);
      refused(await again(), 400, 'BAD_NONCE');
      fixture.clock.jump(800 * DAY_MS);
      // two rounds of upkeep in the future: what was used then is forgotten
      for (let round = 0; round < 3; round++) {
        const idle = fixture.clock.waiting();
        await fixture.clock.advance(6 * MINUTE_MS);
        await fixture.clock.whenWaiting(idle);
      }
      fixture.clock.jump(-400 * DAY_MS - 18 * MINUTE_MS);
      refused(await again(), 400, 'BAD_NONCE');
    } finally {
      await fixture.account.close();
    }
    const restarted = await openAccountFixture({ stateDir: fixture.stateDir });
    try {
      const answer = await restarted.askFrom('127.0.0.1')({
        ...{ method: 'POST', url: location, headers: { 'content-type': 'application/jose+json' } },
        body: JSON.stringify(jws),
      });
      assert.equal(JSON.parse(answer.body).code, 'BAD_NONCE');
    } finally {
      await restarted.close();
    }
  });

  test(
    'url and kid must be what was asked for, to the letter',
    on(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const wrong = [
        location.replace('account.test', 'other.test'),
        location.replace('https:', 'http:'),
        `${location}/`,
        `${location}?x=1`,
        location.replace('/v1/', '/v1/./'),
        location.replace('account.test', 'user@account.test'),
        device.urls.registrations,
        '',
      ];
      for (const url of wrong) refused(await device.poll(location, 0, { url }), 400, 'BAD_REQUEST');
      for (const kid of wrong) {
        const answer = await device.poll(location, 0, { kid });
        assert.ok(['BAD_REQUEST', 'NOT_FOUND'].includes(String(answer.json['code'])), JSON.stringify(answer.json));
      }
      refused(await device.register(await device.request(await fixture.grk()), { url: location }), 400, 'BAD_REQUEST');
    }),
  );

  test(
    'a foreign key polls, or unlinks: refused',
    on(async (fixture) => {
      const device = fixture.device();
      const { location, deviceId } = await linked(fixture, device);
      const stranger = fixture.device('1524-0072-21');
      refused(await stranger.poll(location), 403, 'BAD_SIGNATURE');
      refused(await stranger.unlink(location, deviceId), 403, 'BAD_SIGNATURE');
      const own = await linked(fixture, stranger);
      refused(await stranger.unlink(own.location, deviceId), 404, 'NOT_FOUND');
      assert.equal((await device.poll(location)).status, 200);
    }),
  );

  test(
    'grkBinding with another key, another url, another device key',
    on(async (fixture) => {
      const device = fixture.device();
      const grk = await fixture.grk();
      const url = device.urls.registrations;
      const withId = bindToGrk(FOREIGN_GRK, device.jwk, url);
      const claim = JSON.parse(Buffer.from(bindToGrk(grk, device.jwk, url).protected, 'base64url').toString());
      const header = Buffer.from(JSON.stringify(claim)).toString('base64url');
      const bindings = [
        { ...withId, protected: header },
        bindToGrk(grk, device.jwk, `${url}/`),
        bindToGrk(grk, jwkOf(nacl.sign.keyPair().publicKey), url),
      ];
      for (const grkBinding of bindings)
        refused(await device.register(await device.request(grk, { grkBinding })), 403, 'BAD_SIGNATURE');
    }),
  );

  test(
    'a CSR for another key, and one that is none',
    on(async (fixture) => {
      const device = fixture.device();
      const grk = await fixture.grk();
      const csr = await makeCsr(nacl.randomBytes(32));
      refused(await device.register(await device.request(grk, { csr })), 403, 'BAD_SIGNATURE');
      const none = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n';
      refused(await device.register(await device.request(grk, { csr: none })), 400, 'BAD_REQUEST');
    }),
  );

  test(
    'form: jwk and kid at once, a payload in a poll, unknown members, no JSON, another content type, a body too large',
    on(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const asked = await device.request(await fixture.grk());
      refused(await device.register(asked, { kid: location }), 400, 'BAD_REQUEST');
      refused(await device.poll(location, 0, { jwk: device.jwk }), 400, 'BAD_REQUEST');
      refused(await device.poll(location, 0, {}, '{}'), 400, 'BAD_REQUEST');
      refused(await device.register({ ...asked, ...{ extra: 1 } }), 400, 'BAD_REQUEST');
      refused(await device.post(location, 'no JWS'), 400, 'BAD_REQUEST');
      refused(await device.post(location, {}, { 'content-type': 'text/plain' }), 415, 'BAD_REQUEST');
      refused(await device.post(location, 'x'.repeat(40_000)), 413, 'BAD_REQUEST');
      refused(await device.poll(`${device.urls.registrations}/${'A'.repeat(22)}`), 404, 'NOT_FOUND');
    }),
  );

  test(
    'no key, token or grkBinding of all this is in the log of the server',
    on(async (fixture) => {
      const device = fixture.device();
      const grk = await fixture.grk();
      const location = await pending(fixture, device);
      await device.register(await device.request(FOREIGN_GRK));
      const all = fixture.lines.join('\n') + (await fixture.admin('GET', 'log')).text;
      for (const secret of [grk, grk.slice(4), FOREIGN_GRK, location.slice(-22), fixture.account.adminToken])
        assert.ok(!all.includes(secret), 'a secret was logged');
    }),
  );
});
