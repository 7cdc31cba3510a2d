import { type DeviceId, type Timestamp, topicFor, type UpChannel } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type AccountFixture, START_MS } from '../../testing/account-fixture.ts';
import { codeAt } from '../../testing/authenticator.ts';
import { createBrowser } from '../../testing/browser.ts';
import { checkAnswer } from '../../testing/declared-answers.ts';
import { linked, onAccount, pending } from '../../testing/stories.ts';

// Each answer in any test is held against what is declared of its route (testing/declared-answers.ts). Here are those that no other story asks for,
// and an Ewon that has told everything there is.

const AT = new Date(START_MS).toISOString() as Timestamp;
const PASSWORD = 'secret 12';
const fallback = { primary: 'ethernet', active: 'cellular', since: AT, returnsAt: AT };
const change = { at: AT, link: 'ethernet', interface: 'eth0', state: 'online', connectivity: 'full', cause: 'WAN_UP' };
const toldOf = (version: number): Partial<Record<UpChannel, object>> => ({
  status: { state: 'online', agent: '0.1.0', bootId: 'b', bootCount: 1 },
  inventory: { serial: '1524-0071-21', model: 'Flexy 203', firmware: '14.6s0', agent: '0.1.0', slots: ['sd0'] },
  health: {
    ...{ rssBytes: 1, cpuMs: 2, eventLoopLagMs: 0.5, uptimeMs: 4, queued: 0, queuedBytes: 0, offlineHours: 2.5 },
    ...{ commitsPerDay: 1, bytesPerDay: 2, dropped: { alarm: 0, event: 0, telemetry: 0 } },
    policy: { version, geolocation: 'on', remoteManagement: 'device' },
  },
  wan: {
    ...{ link: 'ethernet', interface: 'eth0', state: 'online', connectivity: 'full', since: AT, cause: 'WAN_UP' },
    ...{ detail: 'd', ip: '192.0.2.1', gateway: '192.0.2.254', dns: ['192.0.2.53'], fallback },
    cellular: { operator: '20601', lac: 1, cellId: 2, technology: 'lte', signal: -80 },
    ...{ probes: [{ target: 'a', layer: 'dns', ms: 1.5, error: 'timeout' }], probeBytesThisMonth: 1, probeBytesMax: 2 },
    ...{ sources: { ip: 'kernel' }, history: [change] },
  },
  patch: {
    ...{ state: 'idle', reason: 'PATCH_DENIED', detail: 'd', agent: '0.1.0', firmware: '14.6s0', received: 0 },
    patch: { path: 'agent-1.0.0', sha256: 'a'.repeat(64), kind: 'agent', version: '1.0.0' },
    repository: { root: 1, timestamp: 1, snapshot: 1, targets: 1, expiresAt: AT, refreshedAt: AT },
  },
  location: { evidence: { gnss: { lat: 50.1, lng: 4.2, accuracy: 5, at: AT } } },
  telemetry: {
    samples: [
      { tag: 'T', value: 1.5, at: AT, quality: 'good' },
      { tag: 'S', value: 'on' },
      { tag: 'B', value: true },
    ],
  },
  event: { code: 'WAN_DOWN', severity: 'error', text: 'down' },
});

async function tell({ account, broker }: AccountFixture, deviceId: string, version: number) {
  const device = { accountId: account.accountId, deviceId: deviceId as DeviceId };
  let seq = 0;
  for (const [channel, body] of Object.entries(toldOf(version)))
    await broker.send(topicFor(device, channel as UpChannel), { v: 1, at: AT, epoch: 'e1', seq: ++seq, ...body });
}

suite('answers of the admin API', { timeoutMs: 120_000 }, (test) => {
  test(
    'an Ewon that has told everything is answered as declared',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      const { deviceId } = await linked(fixture, fixture.device('1524-0071-21'), { name: 'Pump' });
      const { version } = (await admin('PATCH', 'policy', { geolocation: true })).json;
      await tell(fixture, deviceId, version);
      const [ewon] = (await admin('GET', 'ewons')).json;
      for (const member of ['inventory', 'health', 'wan', 'patch']) assert.ok(ewon[member], member);
      const [message] = (await admin('GET', `ewons/${deviceId}/telemetry`)).json;
      assert.equal(message.samples.length, 3);
      assert.equal((await admin('GET', `ewons/${deviceId}/location`)).status, 200);
      const effect = (await admin('GET', 'policy/effect')).json;
      assert.equal(effect.remoteManagement.off.length, 1, JSON.stringify(effect));
      const command = await admin('POST', `ewons/${deviceId}/commands`, { name: 'status' });
      assert.equal((await admin('GET', `commands/${command.json.id}`)).json.name, 'status');
      for (const path of ['renew', 'release']) {
        const { status, json } = await admin('POST', `ewons/${deviceId}/${path}`);
        assert.ok(status === 200 || json.code === 'CONFLICT', path);
      }
      for (const path of ['ewons?limit=1', 'ewons/counts', 'ewons/export', 'alarms', 'account', 'policy', 'pools'])
        assert.equal((await admin('GET', path)).status, 200, path);
      for (const path of ['log', 'log?format=csv', 'log?form=raw', 'log/lines', 'log/export', 'log/retention', 'aspu'])
        assert.equal((await admin('GET', path)).status, 200, path);
      await pending(fixture, fixture.device('1524-0072-21'));
      assert.equal((await admin('GET', `registrations/${await fixture.pendingId()}`)).json.state, 'pending');
    }),
  );

  test(
    'what a user does with himself, groups, keys and policies are answered as declared',
    onAccount(async (fixture) => {
      const { admin, account, clock } = fixture;
      const group = { name: 'g', permissions: ['ewons.read'], pools: ['Default'] };
      const { id } = (await admin('POST', 'groups', group)).json;
      assert.equal((await admin('GET', 'groups')).json.groups.length, 2);
      await admin('POST', 'users', { login: 'ann', password: PASSWORD, groupIds: [id] });
      const ann = createBrowser(account);
      await ann.signIn('ann', PASSWORD);
      const { uri } = (await ann.ask('POST', 'me/two-factor', { password: PASSWORD })).json;
      const code = codeAt(new URL(uri).searchParams.get('secret') ?? '', clock.now());
      for (const [path, body] of [
        ['me/two-factor/confirm', { code }],
        ['me/recovery-codes', { password: PASSWORD }],
        ['me/two-factor/off', { password: PASSWORD }],
      ] as const)
        assert.equal((await ann.ask('POST', path, body)).status, 200, path);
      for (const path of ['me', 'sessions', 'openapi.json'])
        assert.equal((await ann.ask('GET', path)).status, 200, path);
      assert.equal((await ann.ask('DELETE', 'session')).status, 204);
      assert.equal((await admin('DELETE', `groups/${id}`)).status, 200);
      for (const path of ['account-keys', 'account-keys/switch'])
        assert.equal((await admin('POST', path)).status, 200, path);
      for (const path of [
        'account-keys',
        'auto-registration',
        'password-policy',
        'two-factor-policy',
        'rollouts',
        'patches',
      ])
        assert.equal((await admin('GET', path)).status, 200, path);
      const table =
        'radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal\nLTE,206,1,10,1,0,4.1,50.1,1000,20,1,1459743588,1459743588,0\nLTE,206,1\n';
      const cells = await account.adminApp.inject({
        ...{ method: 'POST', url: '/api/v1/cells', payload: table },
        headers: { authorization: `Bearer ${account.adminToken}`, 'content-type': 'application/octet-stream' },
      });
      assert.equal(cells.json().refused?.columns.lines, 1, cells.body);
    }),
  );

  test('one that is other than declared fails whoever asked: a member more, a member less, another type', () => {
    const contact = { id: 'k', name: 'Bob', email: '', phone: '' };
    const check = (value: object, path = 'contacts', type = 'application/json') =>
      checkAnswer({ method: 'GET', url: `/api/v1/${path}`, status: 200, type, text: JSON.stringify(value) });
    check([contact]);
    assert.throws(() => check([{ ...contact, salt: 'x' }]), /must NOT have additional properties/);
    assert.throws(() => check([{ ...contact, phone: undefined }]), /required property 'phone'/);
    assert.throws(() => check([{ ...contact, phone: 1 }]), /must be string/);
    assert.throws(() => check([contact], 'contacts', 'text/html'), /declared application\/json/);
  });
});
