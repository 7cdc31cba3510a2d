import { bindToGrk, DAY_MS, type Grk, jwkOf, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { openAccountFixture } from '../testing/account-fixture.ts';
import { createTestDevice, makeCsr } from '../testing/device-client.ts';
import { refused } from '../testing/refused.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';

const FOREIGN_GRK = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV' as Grk;

suite('device interface: nonce, url, kid, signatures', (test) => {
  test(
    'a nonce is good once, for five minutes, and not of another account; the refusal brings a fresh one',
    onAccount(async (fixture) => {
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
      await fixture.close();
    }
  });

  test(
    'url and kid must be what was asked for, to the letter',
    onAccount(async (fixture) => {
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
    'a request that was signed for another account and passed on: refused, whatever the Host header says',
    onAccount(async (fixture) => {
      const victim = createTestDevice(fixture.askFrom('127.0.0.1'), 'https://rogue.test');
      refused(await victim.register(await victim.request(await fixture.grk())), 400, 'BAD_REQUEST');
      const location = await pending(fixture, fixture.device());
      const passedOn = location.replace('account.test', 'rogue.test');
      refused(await fixture.device().poll(passedOn), 400, 'BAD_REQUEST');
    }),
  );

  test(
    'the names of the account in any spelling, at any port, and the loopback that its certificate is for: taken',
    onAccount(
      async (fixture) => {
        for (const host of [
          'account.test:8443',
          'ACCOUNT.test',
          'other.test',
          '[2001:DB8::0:1]',
          'localhost',
          '127.0.0.1:1',
        ]) {
          const device = createTestDevice(fixture.askFrom('127.0.0.1'), `https://${host}`);
          const answer = await device.register(await device.request(await fixture.grk()));
          assert.equal(answer.status, 202, `${host}: ${JSON.stringify(answer.json)}`);
          assert.equal((await device.poll(answer.headers['location'] ?? '')).status, 202, host);
        }
      },
      { device: { host: '127.0.0.1', port: 0, names: ['Account.test', 'other.test', '2001:db8::1'] } },
    ),
  );

  test(
    'a recorded registration is refused a second time; a poll with the kid of an older request of the same key is refused',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const url = device.urls.registrations;
      const grk = await fixture.grk();
      const payload = JSON.stringify(await device.request(grk));
      const jws = device.sign({ nonce: await device.nonce(), url, jwk: device.jwk }, payload);
      const first = await device.post(url, jws);
      assert.equal(first.status, 202);
      refused(await device.post(url, jws), 400, 'BAD_NONCE');
      const older = first.headers['location'] ?? '';
      const newer = (await device.register(await device.request(grk))).headers['location'] ?? '';
      refused(await device.poll(older), 403, 'VOID');
      refused(await device.poll(newer, 0, { kid: older }), 400, 'BAD_REQUEST');
    }),
  );

  test(
    'a foreign key polls, or unlinks: refused',
    onAccount(async (fixture) => {
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
    onAccount(async (fixture) => {
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
    onAccount(async (fixture) => {
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
    onAccount(async (fixture) => {
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
    onAccount(async (fixture) => {
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
