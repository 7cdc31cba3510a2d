import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { assert, rejects, suite } from '@ewon-agent/contracts/testing';
import { openAccountFixture } from './testing/account-fixture.ts';
import { overTls } from './testing/ask-over-tls.ts';
import { createTestDevice } from './testing/device-client.ts';
import { onAccount } from './testing/stories.ts';

const CHANGE = /event: registration\ndata: (.*)\n\n/;

suite('account server on real sockets', (test) => {
  test('a device over TLS: directory, registration, approval during a long poll, grant, unlink', async () => {
    const fixture = await openAccountFixture({ device: { host: '127.0.0.1', port: 0, names: [] } });
    const agent = new Agent({ ca: fixture.account.ca, keepAlive: true });
    try {
      const ask = overTls(agent);
      const device = createTestDevice(ask, new URL(fixture.account.deviceUrl).origin);
      const get = { method: 'GET', url: fixture.account.deviceUrl, headers: {} } as const;
      const directory = JSON.parse((await ask(get)).body);
      assert.deepEqual([directory.registrations, directory.nonce], [device.urls.registrations, device.urls.nonce]);
      const asked = await device.register(await device.request(await fixture.grk()));
      const location = asked.headers['location'] ?? '';
      const idle = fixture.clock.waiting();
      const waiting = device.poll(location, 30);
      await fixture.clock.whenWaiting(idle + 1);
      await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, {});
      const grant = await waiting;
      assert.equal(grant.json['status'], 'approved');
      assert.equal((await device.unlink(location, grant.json['deviceId'])).status, 200);
      assert.equal((await device.poll(location)).json['code'], 'UNLINKED');
    } finally {
      agent.destroy();
      await fixture.close();
    }
  });

  test('a server that chose its ports by itself is found there again after a restart: its Ewons know no other', async () => {
    const device = { host: '127.0.0.1', port: 0, names: [] };
    const first = await openAccountFixture({ device });
    const { deviceUrl } = first.account;
    assert.equal(first.broker.needs().portBefore, 0);
    await first.account.close();
    const again = await openAccountFixture({ device, stateDir: first.stateDir });
    assert.deepEqual([again.account.deviceUrl, again.broker.needs().portBefore], [deviceUrl, 8883]);
    await again.close();
    await first.close();
  });

  test(
    'a device that hangs up in the middle of a long poll leaves nothing behind',
    onAccount(async (fixture) => {
      const agent = new Agent({ ca: fixture.account.ca });
      const base = new URL(fixture.account.deviceUrl).origin.replace('account.test', '127.0.0.1');
      const device = createTestDevice(overTls(agent), base);
      const asked = await device.register(await device.request(await fixture.grk()));
      const location = asked.headers['location'] ?? '';
      const idle = fixture.clock.waiting();
      const jws = device.sign({ nonce: await device.nonce(), url: location, kid: location }, '');
      const headers = { 'content-type': 'application/jose+json', prefer: 'wait=30' };
      const sent = request(location, { method: 'POST', headers, agent });
      sent.end(JSON.stringify(jws));
      await fixture.clock.whenWaiting(idle + 1);
      const gone = fixture.clock.whenWaitingAtMost(idle);
      sent.on('error', () => {}); // we hung up ourselves
      sent.destroy();
      await gone;
      agent.destroy();
    }),
  );

  test(
    'a page sees what changes, each with its row, and only who is signed in',
    onAccount(async (fixture) => {
      const sent = httpRequest(`${fixture.account.adminUrl}/api/v1/events`, {
        headers: { authorization: `Bearer ${fixture.account.adminToken}` },
      });
      sent.end();
      const [stream] = await once(sent, 'response');
      stream.setEncoding('utf8');
      let text = '';
      const told = (what: RegExp) =>
        new Promise<void>((resolve) => {
          const look = (part = '') => {
            text += part;
            if (what.test(text)) resolve();
          };
          stream.on('data', look);
          look();
        });
      await told(/: connected/);
      const device = fixture.device();
      await device.register(await device.request(await fixture.grk()));
      await told(CHANGE);
      const data = CHANGE.exec(text)?.[1] ?? '';
      const change = JSON.parse(data);
      assert.deepEqual([change.type, change.row.serial, change.row.state], ['registration', device.serial, 'pending']);
      assert.deepEqual(Object.keys(change.row).includes('token'), false, 'the Location stays with the device');
      sent.destroy();
    }),
  );

  test('what is not TLS, or trusts another CA, does not get in; the server goes on', async () => {
    const [fixture, other] = [await openAccountFixture(), await openAccountFixture()];
    try {
      const { port } = new URL(fixture.account.deviceUrl);
      const get = { method: 'GET', headers: {} } as const;
      const url = `https://127.0.0.1:${port}/device/v1/directory`;
      const stranger = new Agent({ ca: other.account.ca });
      await rejects(() => overTls(stranger)({ ...get, url }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      const plain = httpRequest({ host: '127.0.0.1', port, path: '/' });
      plain.end();
      await rejects(() => once(plain, 'response'), 'ECONNRESET');
      const agent = new Agent({ ca: fixture.account.ca });
      assert.equal((await overTls(agent)({ ...get, url })).status, 200);
      agent.destroy();
    } finally {
      await fixture.close();
      await other.close();
    }
  });

  test('a port that is taken: the start fails, nothing keeps running, and the next start works', async () => {
    const first = await openAccountFixture();
    const port = Number(new URL(first.account.deviceUrl).port);
    const device = { host: '127.0.0.1', port, names: [] };
    await rejects(() => openAccountFixture({ stateDir: `${first.stateDir}/second`, device }), 'EADDRINUSE');
    const again = await openAccountFixture({ stateDir: `${first.stateDir}/second` });
    await again.close();
    await first.close();
  });
});
