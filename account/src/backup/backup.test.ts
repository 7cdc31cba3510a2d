import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DAY_MS, HOUR_MS } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { createRandomNode } from '../adapters/random-node.ts';
import { refresh } from '../aspu/online.ts';
import { alone } from '../aspu/repository.ts';
import { type AccountFixture, openAccountFixture } from '../testing/account-fixture.ts';
import { readIn } from '../testing/aspu-fixture.ts';
import { lastPolicy, onServed } from '../testing/aspu-stories.ts';
import { makeCsr } from '../testing/device-client.ts';
import { linked, onAccount, pending } from '../testing/stories.ts';
import { createTufClient } from '../testing/tuf-client.ts';
import { makeKeyPair } from './keys.ts';
import { restoreBackup, verifyBackup } from './restore.ts';
import { takeBackup } from './take.ts';

suite('backup of an account', { timeoutMs: 120_000 }, (test) => {
  let folder = '';
  let locked = { recipients: [''] };
  let opened = { identities: [''] };
  test.before(async () => {
    const { identity, recipient } = await makeKeyPair();
    [locked, opened] = [{ recipients: [recipient] }, { identities: [identity] }];
    folder = mkdtempSync(join(tmpdir(), 'ewon-backup-'));
  });
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  const newFile = () => join(folder, `${++files}.age`);
  const newPlace = () => join(folder, `restored-${++files}`);

  async function take({ stateDir }: AccountFixture): Promise<string> {
    const out = newFile();
    assertOk(await takeBackup({ stateDir, out, locked }));
    return out;
  }
  /** Restores it and starts a server on it, at the same time as the old one. */
  async function restored(from: AccountFixture, file: string, without: readonly string[] = []) {
    const stateDir = newPlace();
    const { clock } = from;
    const done = assertOk(
      await restoreBackup({ file, stateDir, opened, without }, { clock, random: createRandomNode() }),
    );
    const ports = join(stateDir, 'ports.json');
    assert.deepEqual(readFileSync(ports), readFileSync(join(from.stateDir, 'ports.json')));
    rmSync(ports); // the old server still listens there
    return { ...done, fixture: await openAccountFixture({ stateDir, clock }) };
  }

  test(
    'restored elsewhere it is the same account: keys, CAs, ports, Ewons, patches',
    onServed(async (old, aspu, patch) => {
      const { deviceId } = await linked(old, old.device(), { name: 'Pump-1' });
      const key = await old.grk();
      const file = await take(old);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const before = assertOk(await verifyBackup(file, opened));
      assert.deepEqual(before.counts, { ...before.counts, linked: 1, pending: 0, activeKeys: 1 });

      const { fixture, letIn, activeKeys } = await restored(old, file);
      assert.deepEqual([letIn, activeKeys.length], [['Pump-1'], 1]);
      assert.equal(fixture.account.accountId, old.account.accountId);
      assert.equal(fixture.account.ca, old.account.ca);
      assert.equal(await fixture.grk(), key);
      assert.deepEqual([...fixture.broker.admitted], [deviceId]);
      for (const name of ['device-ca.pem', 'tls-ca.pem', 'master.key', 'account-signing.key', 'admin-token'])
        assert.deepEqual(readFileSync(join(fixture.stateDir, name)), readFileSync(join(old.stateDir, name)), name);
      const read = readIn(join(fixture.stateDir, 'aspu'));
      assert.deepEqual(
        read(`targets/${patch.sha256}.${patch.path}`),
        aspu.read(`targets/${patch.sha256}.${patch.path}`),
      );
      const log: { readonly code: string }[] = (await fixture.admin('GET', 'log')).json;
      assert.equal(log.filter(({ code }) => code === 'ACCOUNT_RESTORED').length, 1);
      await fixture.close();
    }),
  );

  test(
    'whatever only grows goes on above what was served after the backup: policy, timestamp, snapshot',
    onServed(async (old, aspu) => {
      const { clock } = old;
      const file = await take(old);
      const client = createTufClient(aspu.read('1.root.json') ?? new Uint8Array());
      clock.jump(13 * HOUR_MS);
      assertOk(alone(aspu.desk(), 0, () => refresh(aspu.desk())));
      await old.admin('PATCH', 'policy', { geolocation: false });
      await linked(old, old.device('1524-0071-22'));
      const told = lastPolicy(old)['version'];
      await client.refresh(aspu.read, clock.now());
      const [snapshot, timestamp] = [client.version('snapshot'), client.version('timestamp')];

      clock.jump(1000);
      const { fixture } = await restored(old, file);
      await linked(fixture, fixture.device('1524-0071-23'));
      assert.ok(Number(lastPolicy(fixture)['version']) > Number(told));
      assert.equal(lastPolicy(fixture)['geolocation'], true);
      await client.refresh(readIn(join(fixture.stateDir, 'aspu')), clock.now());
      assert.ok(client.version('snapshot') > snapshot && client.version('timestamp') > timestamp);
      client.close();
      await fixture.close();
    }),
  );

  test(
    'nonces and sessions of before are worthless, used since the backup or not',
    onAccount(async (old) => {
      const once = (await old.account.makeSignInLink()).split('#once=')[1];
      const nonce = await old.device().nonce();
      const file = await take(old);
      const { fixture } = await restored(old, file);
      const device = fixture.device();
      const again = await device.register(await device.request(await fixture.grk()), { nonce });
      assert.equal(again.json['code'], 'BAD_NONCE');
      const signIn = await fixture.account.adminApp.inject({
        ...{ method: 'POST', url: '/api/v1/session' },
        payload: { once },
      });
      assert.ok(signIn.statusCode >= 400, signIn.body);
      assert.equal((await device.register(await device.request(await fixture.grk()))).status, 202);
      await fixture.close();
    }),
  );

  test(
    'a certificate that was renewed after the backup is followed by a newer one',
    onAccount(async (old) => {
      const device = old.device();
      const { location, deviceId } = await linked(old, device);
      const file = await take(old);
      old.clock.jump(61 * DAY_MS);
      const renew = async (at: AccountFixture) => {
        const url = 'https://account.test/device/v1/certificates';
        const asking = at === old ? device : { ...at.device(), sign: device.sign };
        const csr = await makeCsr(device.keys.secretKey.subarray(0, 32));
        const jws = asking.sign({ nonce: await asking.nonce(), url, kid: location }, JSON.stringify({ csr }));
        const { status, json } = await asking.post(url, jws);
        assert.equal(status, 200, JSON.stringify(json));
        return new X509Certificate(String(json['certificate']));
      };
      const lost = await renew(old);
      old.clock.jump(1000);
      const { fixture } = await restored(old, file);
      const { accountId } = fixture.account;
      const { isActive } = fixture.broker.needs();
      const who = { accountId, deviceId } as Parameters<typeof isActive>[0];
      assert.equal(await isActive(who, lost.serialNumber), false);
      const next = await renew(fixture);
      assert.ok(next.validFromDate > lost.validFromDate, 'a device takes no older one');
      assert.equal(await isActive(who, next.serialNumber), true);
      await fixture.close();
    }),
  );

  test(
    'who was removed after the backup stays out when named, and is named when not; who was approved is unknown',
    onAccount(async (old) => {
      const [pump, valve] = [old.device('1524-0071-31'), old.device('1524-0071-32')];
      const stolen = await linked(old, pump, { name: 'Stolen' });
      await linked(old, valve, { name: 'Valve' });
      const file = await take(old);
      await old.admin('DELETE', `ewons/${stolen.deviceId}`);
      const late = old.device('1524-0071-33');
      const { location, deviceId: unknownId } = await linked(old, late);

      const all = await restored(old, file);
      assert.deepEqual(all.letIn.toSorted(), ['Stolen', 'Valve']);
      await all.fixture.close();

      const { fixture, letIn, notLetIn } = await restored(old, file, ['Stolen']);
      assert.deepEqual([letIn, notLetIn], [['Valve'], ['Stolen']]);
      assert.ok(!fixture.broker.admitted.has(stolen.deviceId));
      const ewons = (await fixture.admin('GET', 'ewons')).json;
      assert.deepEqual(
        ewons.map(({ name }: { name: string }) => name),
        ['Valve'],
      );
      const { nonce, post } = fixture.device();
      const asked = await post(location, late.sign({ nonce: await nonce(), url: location, kid: location }, ''));
      assert.equal(asked.json['code'], 'NOT_FOUND');
      const { isActive } = fixture.broker.needs();
      const who = { accountId: fixture.account.accountId, deviceId: unknownId } as Parameters<typeof isActive>[0];
      for (let i = 0; i < 2; i++) assert.equal(await isActive(who, 'ab'), false);
      const log: { readonly code: string; readonly event: string }[] = (await fixture.admin('GET', 'log')).json;
      const told = log.filter(({ code }) => code === 'EWON_UNKNOWN');
      assert.deepEqual([told.length, told[0]?.event.includes(unknownId)], [1, true]);
      await fixture.close();

      const unknown = { file, stateDir: newPlace(), opened, without: ['Nobody'] };
      assertFault(await restoreBackup(unknown, { clock: old.clock, random: createRandomNode() }), 'NOT_FOUND');
      assert.ok(!existsSync(unknown.stateDir));
    }),
  );

  test(
    'a key that does not open it, and every kind of damage, is refused before anything is written',
    onAccount(async (old) => {
      await pending(old, old.device());
      const file = await take(old);
      const whole = readFileSync(file);
      const chance = { clock: old.clock, random: createRandomNode() };
      const place = newPlace();
      const refuse = async (
        code: Parameters<typeof assertFault>[1],
        from = file,
        key: typeof opened | { passphrase: string } = opened,
      ) => {
        assertFault(await restoreBackup({ file: from, stateDir: place, opened: key, without: [] }, chance), code);
        assert.deepEqual(
          readdirSync(folder).filter((name) => name.includes('restored-')),
          before,
        );
      };
      const before = readdirSync(folder).filter((name) => name.includes('restored-'));
      await refuse('BACKUP_LOCKED', file, { identities: [(await makeKeyPair()).identity] });
      await refuse('BACKUP_LOCKED', file, { passphrase: 'not the way it was locked' });
      const bad = newFile();
      const cuts = [0, 10, 100, 400, Math.floor(whole.length / 2), whole.length - 65_552, whole.length - 1];
      for (const length of cuts) {
        writeFileSync(bad, whole);
        truncateSync(bad, length);
        await refuse('BACKUP_DAMAGED', bad);
      }
      for (const at of [0, 300, Math.floor(whole.length / 2), whole.length - 1]) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 1;
        writeFileSync(bad, changed);
        await refuse('BACKUP_DAMAGED', bad);
      }
      writeFileSync(bad, Buffer.concat([whole, Buffer.from('x')]));
      await refuse('BACKUP_DAMAGED', bad);
    }),
  );

  test(
    'only into an empty place, and never over a server that runs',
    onAccount(async (old) => {
      const file = await take(old);
      const chance = { clock: old.clock, random: createRandomNode() };
      const into = (stateDir: string) => restoreBackup({ file, stateDir, opened, without: [] }, chance);
      assertFault(await into(old.stateDir), 'ACCOUNT_RUNNING_ALREADY');
      const used = mkdtempSync(join(folder, 'used-'));
      assertOk(await into(used)); // empty
      assertFault(await into(used), 'RESTORE_NOT_EMPTY');
      assertFault(await takeBackup({ stateDir: old.stateDir, out: file, locked }), 'USAGE');
    }),
  );

  test(
    'a backup of a newer server is refused',
    onAccount(async (old) => {
      const database = new DatabaseSync(join(old.stateDir, 'account.sqlite'));
      database.exec("insert into kysely_migration (name, timestamp) values ('9999-later', '')");
      database.close();
      const file = await take(old);
      assertFault(await verifyBackup(file, opened), 'BACKUP_NEWER');
    }),
  );

  test(
    'a passphrase opens what it has locked, and no other does',
    onAccount(async (old) => {
      const out = newFile();
      const passphrase = 'correct horse battery';
      const order = { stateDir: old.stateDir, out };
      assertFault(await takeBackup({ ...order, locked: { passphrase: 'too short' } }), 'USAGE');
      assertOk(await takeBackup({ ...order, locked: { passphrase } }));
      assertOk(await verifyBackup(out, { passphrase }));
      assertFault(await verifyBackup(out, { passphrase: `${passphrase}.` }), 'BACKUP_LOCKED');
      const master = readFileSync(join(old.stateDir, 'master.key'));
      assert.ok(!readFileSync(out).includes(master));
    }),
  );
});
