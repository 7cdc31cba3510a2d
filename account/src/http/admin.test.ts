import { X509Certificate } from 'node:crypto';
import { type Grk, grkIdOf, parseDeviceId } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { judgeCard } from '@ewon-agent/sdcard-tools/core/card';
import { memoryDevice } from '@ewon-agent/sdcard-tools/volume/block-device-memory';
import { readCard } from '@ewon-agent/sdcard-tools/volume/read-card';
import { linked, onAccount, pending } from '../testing/stories.ts';

const GENUINE = 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV' as Grk;

suite('admin API: approving', (test) => {
  test(
    'twice: the second is refused and changes nothing',
    onAccount(async (fixture) => {
      await pending(fixture, fixture.device());
      const path = `registrations/${await fixture.pendingId()}/approve`;
      const [first, second] = await Promise.all([
        fixture.admin('POST', path, { name: 'A' }),
        fixture.admin('POST', path, { name: 'A' }),
      ]);
      const answers = [first, second].toSorted((a, b) => a.status - b.status);
      assert.deepEqual(
        answers.map((a) => [a.status, a.json.code]),
        [
          [200, undefined],
          [409, 'CONFLICT'],
        ],
      );
      assert.equal((await fixture.admin('GET', 'ewons')).json.length, 1);
      assert.equal(fixture.broker.admitted.size, 1);
    }),
  );

  test(
    'a name that is taken, a pool that is not there, a request that is not there, properties that are none',
    onAccount(async (fixture) => {
      await linked(fixture, fixture.device(), { name: 'Pump' });
      await pending(fixture, fixture.device('1524-0072-21'));
      const path = `registrations/${await fixture.pendingId()}/approve`;
      const ask = async (where: string, body: object) => {
        const { status, json } = await fixture.admin('POST', where, body);
        return [status, json.code];
      };
      assert.deepEqual(await ask(path, { name: 'Pump' }), [409, 'NAME_TAKEN']);
      assert.deepEqual(await ask(path, { pool: 'Nowhere' }), [404, 'NOT_FOUND']);
      assert.deepEqual(await ask('registrations/none/approve', {}), [404, 'NOT_FOUND']);
      for (const body of [
        { name: '' },
        { name: ' a' },
        { name: 'a\nb' },
        { name: 'a\u202eb' },
        { customFields: ['1'] },
      ])
        assert.deepEqual(await ask(path, body), [400, 'FIELD_UNFIT'], JSON.stringify(body));
      assert.deepEqual(await ask(path, { x: 1 }), [400, 'BAD_REQUEST']);
      assert.equal(fixture.broker.admitted.size, 1, 'whoever was refused is not admitted');
    }),
  );

  test(
    'without a name it is the serial, and a second of it is numbered',
    onAccount(async (fixture) => {
      await linked(fixture, fixture.device());
      await linked(fixture, fixture.device());
      const names = (await fixture.admin('GET', 'ewons')).json.map((ewon: { name: string }) => ewon.name);
      assert.deepEqual(names.toSorted(), ['1524-0071-21', '1524-0071-21 (2)']);
    }),
  );

  test(
    'the broker cannot be reached: nothing is approved, and it works when it is back',
    onAccount(async (fixture) => {
      const device = fixture.device();
      const location = await pending(fixture, device);
      const path = `registrations/${await fixture.pendingId()}/approve`;
      fixture.broker.failing = true;
      const failed = await fixture.admin('POST', path, {});
      assert.deepEqual([failed.status, failed.json.code], [503, 'UPLINK_UNREACHABLE']);
      assert.equal((await device.poll(location)).status, 202);
      fixture.broker.failing = false;
      assert.equal((await fixture.admin('POST', path, {})).status, 200);
    }),
  );
});

suite('admin API: replacing and removing', (test) => {
  test(
    'properties move, the old certificate is revoked, the old device is UNLINKED and the broker shuts it out',
    onAccount(async (fixture) => {
      const old = fixture.device();
      const properties = { name: 'Pump', description: 'north', customFields: ['a', 'b', 'c'] };
      const { location, deviceId } = await linked(fixture, old, properties);
      const before = await old.poll(location);
      const device = fixture.device('1524-0099-24');
      const asked = await pending(fixture, device);
      const replaced = await fixture.admin('POST', `registrations/${await fixture.pendingId()}/replace`, { deviceId });
      assert.equal(replaced.status, 200, replaced.text);
      const grant = await device.poll(asked);
      assert.equal(grant.json['status'], 'replaced');
      assert.deepEqual([grant.json['name'], grant.json['customFields']], ['Pump', ['a', 'b', 'c']]);
      assert.deepEqual([(await old.poll(location)).status, before.status], [410, 200]);
      const [only, ...others] = (await fixture.admin('GET', 'ewons')).json;
      assert.deepEqual([only.deviceId, only.description, others.length], [grant.json['deviceId'], 'north', 0]);
      const { accountId, isActive } = fixture.broker.needs();
      const [was, is] = [before.json, grant.json].map((json) => ({
        device: { accountId, deviceId: assertOk(parseDeviceId(json['deviceId'])) },
        serial: new X509Certificate(String(json['certificate'])).serialNumber,
      }));
      assert.ok(was && is);
      assert.equal(await isActive(was.device, was.serial), false);
      assert.equal(await isActive(is.device, is.serial), true);
      assert.equal(await isActive(is.device, was.serial), false);
      assert.equal(fixture.broker.told.at(-1), `revoke ${deviceId}`);
    }),
  );

  test(
    'an Ewon that is online is not replaced by another device, a removed one not at all',
    onAccount(async (fixture) => {
      const { deviceId } = await linked(fixture, fixture.device());
      const topic = `ewon/v1/${fixture.account.accountId}/${deviceId}/up/status`;
      const body = { v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e', seq: 1, state: 'online' };
      await fixture.broker.send(topic, { ...body, agent: 'a', bootId: 'b', bootCount: 1 });
      await pending(fixture, fixture.device('1524-0072-21'));
      const path = `registrations/${await fixture.pendingId()}/replace`;
      assert.equal((await fixture.admin('POST', path, { deviceId })).json.code, 'CONFLICT');
      await fixture.admin('DELETE', `ewons/${deviceId}`);
      assert.equal((await fixture.admin('POST', path, { deviceId })).json.code, 'NOT_FOUND');
      assert.equal((await fixture.admin('DELETE', `ewons/${deviceId}`)).status, 404);
    }),
  );

  test(
    'a revocation that the broker was not told of is told later, also after a restart',
    onAccount(async (fixture) => {
      const { deviceId } = await linked(fixture, fixture.device());
      fixture.broker.failing = true;
      assert.equal((await fixture.admin('DELETE', `ewons/${deviceId}`)).status, 200);
      assert.ok(fixture.broker.admitted.has(deviceId));
      fixture.broker.failing = false;
      const idle = fixture.clock.waiting();
      await fixture.clock.advance(5 * 60_000);
      await fixture.clock.whenWaiting(idle);
      assert.equal(fixture.broker.told.at(-1), `revoke ${deviceId}`);
    }),
  );
});

suite('admin API: keys and cards', (test) => {
  test(
    'a list shows ids only; the key itself is not kept by caches, and the log says that it was shown',
    onAccount(async (fixture) => {
      const grk = await fixture.grk();
      const list = await fixture.admin('GET', 'grks');
      assert.ok(!list.text.includes(grk.slice(4)));
      const shown = await fixture.admin('GET', `grks/${grkIdOf(grk)}/key`);
      assert.deepEqual([shown.json.key, shown.headers['cache-control']], [grk, 'no-store']);
      const log = await fixture.admin('GET', 'log?kind=user');
      assert.match(log.text, new RegExp(`key ${grkIdOf(grk)} was shown`));
    }),
  );

  test(
    'renewing: the old key is revoked, the new one is another; a revoked one is neither renewed nor exported',
    onAccount(async (fixture) => {
      const old = grkIdOf(await fixture.grk());
      const renewed = await fixture.admin('POST', 'grks/renew', { grkId: old });
      assert.deepEqual([renewed.json.revoked, renewed.json.state], [old, 'active']);
      assert.notEqual(renewed.json.id, old);
      assert.equal((await fixture.admin('POST', 'grks/renew', { grkId: old })).json.code, 'CONFLICT');
      assert.equal((await fixture.admin('GET', `grks/${old}/export?form=txt`)).json.code, 'CONFLICT');
      assert.equal((await fixture.admin('GET', 'grks/00000000/key')).json.code, 'NOT_FOUND');
    }),
  );

  test(
    'renewing without a name: the only active key; with several active none, and the answer names them',
    onAccount(async (fixture) => {
      const old = grkIdOf(await fixture.grk());
      const renewed = await fixture.admin('POST', 'grks/renew', {});
      assert.equal(renewed.json.revoked, old);
      const imported = await fixture.admin('POST', 'grks/import', { key: GENUINE, note: 'Ecatcher' });
      const refused = await fixture.admin('POST', 'grks/renew', {});
      assert.equal(refused.json.code, 'CONFLICT');
      for (const id of [renewed.json.id, imported.json.id]) assert.ok(refused.text.includes(id), id);
      const keys = (await fixture.admin('GET', 'grks')).json;
      assert.equal(keys.filter(({ state }: { state: string }) => state === 'active').length, 2);
    }),
  );

  test(
    'a key of the genuine tools is imported once and registers an Ewon; what is no key is refused without repeating it',
    onAccount(async (fixture) => {
      const imported = await fixture.admin('POST', 'grks/import', { key: GENUINE, note: 'Ecatcher' });
      assert.deepEqual([imported.json.id, imported.json.origin], [grkIdOf(GENUINE), 'imported']);
      assert.equal((await fixture.admin('POST', 'grks/import', { key: GENUINE })).json.code, 'CONFLICT');
      const bad = await fixture.admin('POST', 'grks/import', { key: `${GENUINE}X` });
      assert.deepEqual(
        [bad.status, bad.json.code, bad.text.includes(GENUINE.slice(4, 12))],
        [400, 'T2M_KEY_FORM', false],
      );
      const device = fixture.device();
      assert.equal((await device.register(await device.request(GENUINE))).status, 202);
    }),
  );

  test(
    'export: T2M.txt as the genuine tools write it, and an image whose card is usable and signed by this account',
    onAccount(async (fixture) => {
      const grk = await fixture.grk();
      const path = `grks/${grkIdOf(grk)}/export`;
      const txt = await fixture.admin('GET', `${path}?form=txt&note=Hall%203`);
      assert.equal(txt.text, `T2MKey:${grk}\r\nT2MNote:Hall 3\r\n`);
      assert.match(String(txt.headers['content-disposition']), /T2M\.txt/);
      const image = await fixture.account.adminApp.inject({
        url: `/api/v1/${path}?form=image&note=Hall%203`,
        headers: { authorization: `Bearer ${fixture.account.adminToken}` },
      });
      const files = assertOk(await readCard(memoryDevice(new Uint8Array(image.rawPayload))));
      const card = assertOk(judgeCard(files, {}));
      assert.deepEqual([card.grk, card.note], [grk, 'Hall 3']);
      assert.equal(card.manifest?.accountUrl, fixture.account.deviceUrl);
      assert.deepEqual([card.manifest?.receipt, card.manifest?.wipe], [false, false]);
      const directory = await fixture.account.deviceApp.inject({ url: '/device/v1/directory' });
      assert.deepEqual(card.manifest?.accountKey, directory.json().account.accountKeys[0]);
      assert.equal((await fixture.admin('GET', `${path}?form=txt&note=%C3%BC`)).json.code, 'T2M_ENCODING');
      assert.equal(
        (await fixture.admin('GET', `${path}?form=txt&note=${'x'.repeat(141)}`)).json.code,
        'T2M_NOTE_TOO_LONG',
      );
    }),
  );

  test(
    'T2M.txt alone cannot ask for a receipt or a wipe, and neither can be asked for in another way: BAD_REQUEST',
    onAccount(async (fixture) => {
      const path = `grks/${grkIdOf(await fixture.grk())}/export`;
      for (const query of ['form=txt&receipt=1', 'form=txt&wipe=1', 'form=files&wipe=0', 'form=image&receipt=true']) {
        const { status, json } = await fixture.admin('GET', `${path}?${query}`);
        assert.deepEqual([status, json.code], [400, 'BAD_REQUEST'], query);
      }
      assert.ok(!(await fixture.admin('GET', 'log')).text.includes('exported'));
    }),
  );
});

suite('admin API: the files of a card', (test) => {
  test(
    'T2M.txt and a T2M.json signed by this account that fits it, kept by no cache, and the log says so',
    onAccount(async (fixture) => {
      const grk = await fixture.grk();
      const path = `grks/${grkIdOf(grk)}/export?form=files`;
      const { json, headers } = await fixture.admin('GET', `${path}&note=Hall%203`);
      assert.deepEqual(Object.keys(json), ['t2mTxt', 't2mJson']);
      assert.deepEqual([headers['cache-control'], headers['content-disposition']], ['no-store', undefined]);
      const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
      const files = { t2mTxt: bytesOf(json.t2mTxt), t2mJson: bytesOf(json.t2mJson), otherFiles: [] };
      assert.equal(Buffer.from(files.t2mTxt).toString('latin1'), `T2MKey:${grk}\r\nT2MNote:Hall 3\r\n`);
      const directory = await fixture.account.deviceApp.inject({ url: '/device/v1/directory' });
      const card = assertOk(judgeCard(files, { pinnedKey: directory.json().account.accountKeys[0] }));
      assert.equal(card.manifest?.accountUrl, fixture.account.deviceUrl);
      const asking = (await fixture.admin('GET', `grks/${grkIdOf(grk)}/export?form=files&wipe=1`)).json;
      const asked = { t2mTxt: bytesOf(asking.t2mTxt), t2mJson: bytesOf(asking.t2mJson), otherFiles: [] };
      const { manifest } = assertOk(judgeCard(asked, {}));
      assert.deepEqual([manifest?.receipt, manifest?.wipe], [false, true]);
      const log = await fixture.admin('GET', 'log?kind=user');
      assert.equal(log.text.match(new RegExp(`key ${grkIdOf(grk)} was exported \\(files\\)`, 'g'))?.length, 2);
      assert.ok(!log.text.includes(grk.slice(4)));
    }),
  );

  test(
    'a revoked key, a key that is not there, a note that T2M.txt cannot hold: no file, and nothing in the log',
    onAccount(async (fixture) => {
      const grk = await fixture.grk();
      const ask = async (id: string, note = '') => {
        const { status, json } = await fixture.admin('GET', `grks/${id}/export?form=files&note=${note}`);
        return [status, json.code];
      };
      assert.deepEqual(await ask('00000000'), [404, 'NOT_FOUND']);
      assert.deepEqual(await ask(grkIdOf(grk), '%C3%BC'), [400, 'T2M_ENCODING']);
      assert.deepEqual(await ask(grkIdOf(grk), 'x'.repeat(141)), [400, 'T2M_NOTE_TOO_LONG']);
      await fixture.admin('POST', 'grks/renew', { grkId: grkIdOf(grk) });
      assert.deepEqual(await ask(grkIdOf(grk)), [409, 'CONFLICT']);
      assert.ok(!(await fixture.admin('GET', 'log')).text.includes('exported'));
      const unsigned = { url: `/api/v1/grks/${grkIdOf(grk)}/export?form=files` };
      assert.equal((await fixture.account.adminApp.inject(unsigned)).json().code, 'NOT_SIGNED_IN');
    }),
  );
});

suite('admin API: settings and log', (test) => {
  test(
    'pools: made, used by auto-registration, not removed while they are used',
    onAccount(async (fixture) => {
      assert.deepEqual((await fixture.admin('POST', 'pools', { name: 'North' })).json, ['Default', 'North']);
      assert.equal((await fixture.admin('POST', 'pools', { name: 'North' })).json.code, 'CONFLICT');
      const off = { enabled: true, pool: 'Nowhere' };
      assert.equal((await fixture.admin('PATCH', 'auto-registration', off)).json.code, 'NOT_FOUND');
      await fixture.admin('PATCH', 'auto-registration', { enabled: true, pool: 'North' });
      assert.equal((await fixture.admin('DELETE', 'pools/North')).json.code, 'CONFLICT');
      const device = fixture.device();
      await linked(fixture, device);
      assert.equal((await fixture.admin('GET', 'ewons')).json[0].pool, 'North');
      await fixture.admin('PATCH', 'auto-registration', { enabled: true, pool: 'Default' });
      assert.equal((await fixture.admin('DELETE', 'pools/North')).json.code, 'CONFLICT', 'an Ewon is in it');
    }),
  );

  test(
    'a pool is not removed while an active key or a request that waits names it',
    onAccount(async (fixture) => {
      await fixture.admin('POST', 'pools', { name: 'North' });
      const [{ id }] = (await fixture.admin('GET', 'grks')).json;
      await fixture.admin('PATCH', `grks/${id}`, { pool: 'North' });
      const remove = async () => (await fixture.admin('DELETE', 'pools/North')).json;
      assert.equal((await remove()).detail, `Ewons with key ${id} go to this pool`);
      await pending(fixture, fixture.device());
      await fixture.admin('PATCH', `grks/${id}`, { pool: 'Default' });
      const refused = await remove();
      assert.deepEqual([refused.code, refused.detail], ['CONFLICT', '1 requests wait for this pool']);
      await fixture.admin('POST', `registrations/${await fixture.pendingId()}/reject`);
      assert.deepEqual(await remove(), ['Default']);
    }),
  );

  test(
    'the log in its three forms, and by kind',
    onAccount(async (fixture) => {
      await linked(fixture, fixture.device(), { name: 'Pump' });
      const raw = await fixture.admin('GET', 'log?form=raw');
      assert.match(
        raw.text,
        /2026-03-01; 12:00:00; 1524-0071-21; Ewon; Ewon 1524-0071-21 was approved as \[Pump\]\.\r\n/,
      );
      const csv = await fixture.admin('GET', 'log?format=csv');
      assert.match(String(csv.headers['content-type']), /^text\/csv/);
      const kinds = (await fixture.admin('GET', 'log?kind=user')).json.map((line: { kind: string }) => line.kind);
      assert.deepEqual([...new Set(kinds)], ['user']);
      assert.equal((await fixture.admin('GET', 'log?limit=1')).json.length, 1);
      assert.equal((await fixture.admin('GET', 'log?limit=0')).json.code, 'FIELD_UNFIT');
    }),
  );

  test(
    'the account says who it is',
    onAccount(async (fixture) => {
      const { json } = await fixture.admin('GET', 'account');
      assert.equal(json.id, fixture.account.accountId);
      assert.match(json.accountKeyFingerprint, /^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/);
      assert.ok(json.deviceUrl.endsWith('/device/v1/directory'));
      assert.match(json.version, /^\d+\.\d+\.\d+/);
      assert.equal(json.csrf, undefined, 'only for a session by cookie');
    }),
  );
});
