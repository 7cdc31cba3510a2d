// test-timeout: 300 s
import { X509Certificate } from 'node:crypto';
import { DAY_MS, type DeviceId, HOUR_MS, MINUTE_MS, SECOND_MS, toBase64url, topicFor } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { type AccountFixture, BASE, openAccountFixture } from '../testing/account-fixture.ts';
import { createBrowser } from '../testing/browser.ts';
import { createTestDevice } from '../testing/device-client.ts';
import {
  type ImportFixture,
  importFixtureOver,
  onImport,
  openImportFixture,
  SOURCE_PASSWORD,
} from '../testing/import-fixture.ts';
import { linked, pending } from '../testing/stories.ts';
import type { ImportView } from './admin-imports.ts';

const ordered = ({ ewons }: ImportView) => ewons.every(({ isOrdered }) => isOrdered);
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).toSorted();
const newId = () => toBase64url(nacl.randomBytes(16));

/** Has an Ewon that is ordered come, as its agent does. @returns what it was granted */
async function come({ there, here }: ImportFixture, device: Parameters<ImportFixture['there']>[0], move: string) {
  const moved = await there(device).move(move);
  assert.equal(moved.status, 200, JSON.stringify(moved.json));
  assert.ok(here.broker.admitted.has(String(moved.json['deviceId'])), 'its broker lets it in');
  return moved;
}

/** An Ewon says that it is online. */
async function online({ broker, account }: AccountFixture, deviceId: string): Promise<void> {
  await broker.send(topicFor({ accountId: account.accountId, deviceId: deviceId as DeviceId }, 'status'), {
    ...{ v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e', seq: 1, state: 'online' },
    ...{ agent: '0.1.0', bootId: 'b', bootCount: 1 },
  });
}

suite('import from another account', { timeoutMs: 60_000 }, (test) => {
  test(
    'an Ewon moves live: listed, ordered by its account, let in by its key alone, gone from there; both logs say so',
    onImport(async (fixture) => {
      const { source, here, ewon, orderFor, until, events } = fixture;
      const press = await ewon('1524-0071-21', 'Press', {
        description: 'secret of plant A',
        customFields: ['x', '', ''],
      });
      const pump = await ewon('1524-0072-21', 'Pump');
      await here.admin('POST', 'pools', { name: 'North' });
      const listed = await fixture.open();
      assert.equal(listed.status, 200, listed.text);
      assert.deepEqual(names(listed.json.ewons), ['Press', 'Pump']);
      assert.equal(listed.json.source.name, 'Plant A');
      assert.ok(!listed.text.includes('secret of plant A'), 'settings of the source do not come');
      assert.equal(await orderFor(press.deviceId), undefined, 'a list orders nothing');

      const { id } = listed.json;
      const [chosen] = listed.json.ewons.filter(({ name }: { name: string }) => name === 'Press');
      await fixture.start({ pool: 'North', ewons: [{ key: chosen.key, name: 'Press 1' }] }, listed.json);
      await until(id, ordered);
      const order = await orderFor(press.deviceId);
      assert.equal(await orderFor(pump.deviceId), undefined, 'what was not chosen stays');
      const account = (await here.admin('GET', 'account')).json;
      assert.deepEqual(order?.move, {
        ...{ move: id, directoryUrl: here.account.deviceUrl, ca: here.account.ca, accountName: 'Plant B' },
        accountId: account.id,
        accountKey: (await here.admin('GET', 'account-keys')).json[0].publicKey,
      });
      const validMs = Date.parse(order?.command.expiresAt ?? '') - Date.parse(order?.command.issuedAt ?? '');
      assert.equal(validMs, 30 * DAY_MS, 'it may be switched off now');

      const moved = await come(fixture, press.device, id);
      const { deviceId, name, pool, status, certificate } = moved.json;
      assert.deepEqual([name, pool, status], ['Press 1', 'North', 'approved']);
      assert.equal(new X509Certificate(String(certificate)).subject, `CN=${deviceId}`);
      const polled = await fixture.there(press.device).poll(moved.headers['location'] ?? '');
      assert.deepEqual([polled.status, polled.json['deviceId']], [200, deviceId]);
      assert.ok(source.broker.admitted.has(press.deviceId), 'until it says good-bye it is there as well');
      await press.device.unlink(press.location, press.deviceId);

      assert.ok((await events(here)).includes('Ewon [Press 1] has been moved from account [Plant A].'));
      const there = await events(source);
      assert.ok(there.includes('Ewon [Press] moved to account [Plant B].'), there.join('\n'));
      assert.ok(!there.some((event) => /forgot its account/.test(event)));
      assert.deepEqual(names((await source.admin('GET', 'ewons')).json), ['Pump']);
      const csv = (await source.admin('GET', 'ewons/export')).text;
      assert.ok(csv.includes('1524-0072-21') && !csv.includes('1524-0071-21'), csv);
      assert.ok(!source.broker.admitted.has(press.deviceId));
      assert.equal(await orderFor(press.deviceId), undefined, 'nothing is kept for it any more');
      const commands = (await source.admin('GET', 'commands')).json;
      assert.deepEqual([commands[0].name, commands[0].state], ['move', 'successful']);
      const over = await until(id, ({ state }) => state === 'done');
      assert.deepEqual(over.counts, { waiting: 0, moved: 1, failed: 0, stayed: 0 });
      const said = [...source.lines, ...here.lines].join('\n') + JSON.stringify([there, await events(here)]);
      assert.ok(!said.includes(SOURCE_PASSWORD), 'no password in a log');
    }),
  );

  test(
    'each that may not move is listed with its reason, and cannot be chosen; a new pool is made',
    onImport(async (fixture) => {
      const { source, here, ewon } = fixture;
      await ewon('1524-0071-21', 'Good');
      const gone = await ewon('1524-0072-21', 'Gone');
      await gone.device.unlink(gone.location, gone.deviceId);
      const removed = await ewon('1524-0073-21', 'Removed');
      await source.admin('DELETE', `ewons/${removed.deviceId}`);
      await pending(source, source.device('1524-0074-21'));
      const listed: ImportView = (await fixture.open()).json;
      assert.deepEqual(names(listed.ewons), ['Good']);
      assert.deepEqual(
        listed.staying.map(({ name, why }) => [name, why]),
        [['Gone', 'UNLINKED']],
        'removed and waiting ones are no Ewons of it',
      );
      const start = async (body: object) => (await here.admin('POST', `imports/${listed.id}/start`, body)).json.code;
      const [good] = listed.ewons.map(({ key, name }) => ({ key, name }));
      const goneKey = toBase64url(gone.device.keys.publicKey);
      assert.equal(await start({ pool: 'Default', ewons: [{ key: goneKey, name: 'Gone' }] }), 'NOT_FOUND');
      assert.equal(await start({ pool: 'Nowhere', ewons: [good] }), 'NOT_FOUND');
      assert.equal(await start({ pool: 'Default', newPool: true, ewons: [good] }), 'CONFLICT');
      assert.equal(await start({ pool: 'Default', ewons: [] }), 'BAD_REQUEST');
      assert.equal(await start({ pool: 'Default', ewons: [good, good] }), 'BAD_REQUEST');
      await fixture.start({ pool: 'Fresh', newPool: true }, listed);
      assert.deepEqual((await here.admin('GET', 'pools')).json, ['Default', 'Fresh']);
      assert.equal((await here.admin('DELETE', 'pools/Fresh')).json.code, 'CONFLICT', 'Ewons are to come there');
      assert.equal(await start({ pool: 'Default', ewons: [good] }), 'CONFLICT', 'it was started already');
      await source.admin('PUT', 'policy', { remoteManagement: false });
      const none: ImportView = (await fixture.open()).json;
      assert.deepEqual(names(none.ewons), []);
    }),
  );

  test(
    'remote management that is off, at the account or at the device, keeps Ewons where they are',
    onImport(async ({ source, ewon, open }) => {
      await ewon('1524-0071-21', 'One');
      await source.admin('PUT', 'policy', { remoteManagement: false });
      const { ewons, staying }: ImportView = (await open()).json;
      assert.deepEqual([ewons, staying.map(({ why }) => why)], [[], ['REMOTE_MANAGEMENT_OFF']]);
    }),
  );

  test(
    'who is no Administrator of the source, or whose password is wrong, imports nothing; ten wrong ones lock him out there',
    onImport(async ({ source, here, open, claim, events }) => {
      await source.admin('POST', 'users', { login: 'clerk', password: SOURCE_PASSWORD, groupIds: [] });
      const clerk = await open({ login: 'clerk' });
      assert.deepEqual([clerk.status, clerk.json.code], [403, 'IMPORT_NOT_ADMINISTRATOR']);
      for (const wrong of [{ password: 'wrong 123' }, { login: 'nobody' }]) {
        const refused = await open(wrong);
        assert.deepEqual([refused.status, refused.json.code], [403, 'SIGN_IN_FAILED'], 'who asks here stays signed in');
      }
      for (let n = 0; n < 9; n++) await open({ password: 'wrong 123' });
      assert.equal((await open()).json.code, 'LOCKED_OUT');
      assert.ok((await events(source)).some((event) => /is locked out/.test(event)));
      assert.deepEqual((await here.admin('GET', 'imports')).json, []);
      const said = [...source.lines, ...here.lines].join('\n');
      for (const secret of [claim().password, 'wrong 123']) assert.ok(!said.includes(secret));
    }),
  );

  test(
    'impossible while the source enforces two-factor, with what to do; switched on after the list it stops the orders as well',
    onImport(async ({ source, open, start, until, ewon, orderFor }) => {
      const press = await ewon('1524-0071-21', 'Press');
      const policy = { enabled: true, forNewUsers: true, rememberPcs: true, rememberDays: 30 };
      const listed = (await open()).json;
      await source.admin('PUT', 'two-factor-policy', policy);
      const refused = await open();
      assert.deepEqual([refused.status, refused.json.code], [403, 'IMPORT_TWO_FACTOR']);
      assert.match(refused.json.next, /switch two-factor off/);
      await start({}, listed);
      const over = await until(listed.id, ({ state }) => state === 'done');
      assert.deepEqual(
        over.ewons.map(({ state, reason }) => [state, reason]),
        [['failed', 'IMPORT_TWO_FACTOR']],
      );
      assert.equal(await orderFor(press.deviceId), undefined);
      await source.admin('PUT', 'two-factor-policy', { ...policy, enabled: false });
      assert.equal((await open()).status, 200);
    }),
  );

  test(
    'a name that is taken is proposed with a number, refused when it is kept, and never taken in silence',
    onImport(async (fixture) => {
      const { here, ewon, open, start, until } = fixture;
      await linked(here, here.device('1524-0090-21'), { name: 'Press' });
      const press = await ewon('1524-0071-21', 'Press');
      const pump = await ewon('1524-0072-21', 'Pump');
      const listed: ImportView = (await open()).json;
      const proposed = new Map(listed.ewons.map(({ sourceName, name }) => [sourceName, name]));
      assert.deepEqual([proposed.get('Press'), proposed.get('Pump')], ['Press (2)', 'Pump']);
      const kept = listed.ewons.map(({ key, sourceName }) => ({ key, name: sourceName }));
      const refused = await here.admin('POST', `imports/${listed.id}/start`, { pool: 'Default', ewons: kept });
      assert.deepEqual([refused.json.code, refused.json.detail], ['NAME_TAKEN', 'Press']);
      await start({}, listed);
      await until(listed.id, ordered);
      await linked(here, here.device('1524-0091-21'), { name: 'Pump' }); // somebody takes it while the Ewon is on its way
      assert.equal((await come(fixture, press.device, listed.id)).json['name'], 'Press (2)');
      assert.equal((await come(fixture, pump.device, listed.id)).json['name'], 'Pump (2)');
      const lines = await fixture.events(here);
      assert.ok(lines.includes('Ewon [Pump (2)] has been moved from account [Plant A].'));
      assert.deepEqual(names((await fixture.view(listed.id)).ewons), ['Press (2)', 'Pump (2)']);
    }),
  );

  test(
    'the answer was lost: the same key gets the same again, with its request id or another; nobody else gets anything',
    onImport(async (fixture) => {
      const { here, ewon, start, until, there, source } = fixture;
      const press = await ewon('1524-0071-21', 'Press');
      const { id } = await start();
      await until(id, ordered);
      const stranger = there(source.device('1524-0071-21'));
      const requestId = newId();
      const before = here.broker.told.length;
      const unknown = await stranger.move(id);
      assert.deepEqual([unknown.status, unknown.json['code']], [403, 'MOVE_UNKNOWN'], 'the serial alone is nothing');
      assert.equal((await there(press.device).move(newId())).json['code'], 'MOVE_UNKNOWN', 'another import');
      const liar = there({ ...press.device, serial: '1524-0099-21' as typeof press.device.serial });
      assert.equal((await liar.move(id)).json['code'], 'MOVE_UNKNOWN', 'another serial than the source told');
      assert.equal((await there(press.device).move(id, { csr: 'x' })).json['code'], 'BAD_REQUEST');
      assert.ok(here.broker.told.slice(before).every((told) => !here.broker.admitted.has(told.replace('admit ', ''))));
      const device = there(press.device);
      const first = await device.move(id, { requestId });
      for (const again of [requestId, newId()]) {
        const answer = await device.move(id, { requestId: again });
        assert.deepEqual(
          [answer.status, answer.json, answer.headers['location']],
          [200, first.json, first.headers['location']],
        );
      }
      const stolen = await stranger.move(id, { requestId });
      assert.deepEqual([stolen.status, stolen.json['code']], [409, 'REQUEST_REUSED']);
      const twice = await Promise.all([
        device.move(id, { requestId: newId() }),
        device.move(id, { requestId: newId() }),
      ]);
      assert.deepEqual(
        twice.map(({ json }) => json['deviceId']),
        [first.json['deviceId'], first.json['deviceId']],
      );
      assert.equal((await here.admin('GET', 'ewons')).json.length, 1);
      await here.admin('DELETE', `ewons/${first.json['deviceId']}`);
      assert.equal((await device.move(id)).json['code'], 'UNLINKED');
    }),
  );

  test(
    'two requests at once make one Ewon; a serial that is online here keeps its twin out until it is gone',
    onImport(async (fixture) => {
      const { here, ewon, start, until, there } = fixture;
      const press = await ewon('1524-0071-21', 'Press');
      const { id } = await start();
      await until(id, ordered);
      const twin = await linked(here, here.device('1524-0071-21'), { name: 'Twin' });
      await online(here, twin.deviceId);
      const device = there(press.device);
      const refused = await device.move(id);
      assert.deepEqual([refused.status, refused.json['code']], [409, 'SERIAL_ACTIVE']);
      assert.ok((await fixture.events(here)).some((event) => /was refused: SERIAL_ACTIVE/.test(event)));
      await here.admin('DELETE', `ewons/${twin.deviceId}`);
      const both = await Promise.all([device.move(id), device.move(id)]);
      assert.deepEqual(
        both.map(({ status }) => status),
        [200, 200],
      );
      assert.equal(both[0]?.json['deviceId'], both[1]?.json['deviceId']);
      assert.equal((await here.admin('GET', 'ewons')).json.length, 1);
    }),
  );

  test(
    'what the device says of its order is the result; it stays, and the next list knows an agent that cannot',
    onImport(async (fixture) => {
      const { ewon, start, until, orderFor, say, open, events, here } = fixture;
      const old = await ewon('1524-0071-21', 'Old');
      const { id } = await start();
      await until(id, ordered);
      const order = await orderFor(old.deviceId);
      await say(old.deviceId, order?.command.id ?? ('' as never), 'failed', { reason: 'COMMAND_UNKNOWN' });
      const over = await until(id, ({ state }) => state === 'done');
      assert.deepEqual(
        over.ewons.map(({ state, reason, reasonText }) => [state, reason, reasonText]),
        [['failed', 'COMMAND_UNKNOWN', 'The agent does not know this command.']],
      );
      assert.ok((await events(here)).includes('Ewon [Old] was not imported: COMMAND_UNKNOWN.'));
      assert.equal((await fixture.there(old.device).move(id)).json['code'], 'MOVE_UNKNOWN', 'not expected any more');
      const again: ImportView = (await open()).json;
      assert.deepEqual(
        again.staying.map(({ name, why }) => [name, why]),
        [['Old', 'COMMAND_UNKNOWN']],
      );
      await old.device.unlink(old.location, old.deviceId);
      assert.ok((await events(fixture.source)).includes('Ewon [Old] forgot its account and was unlinked.'));
    }),
  );

  test(
    'an import that is ended: what has not moved stays, its order is taken back, and a late one learns MOVE_UNKNOWN',
    onImport(async (fixture) => {
      const { here, source, ewon, start, until, orderFor, events, there, open } = fixture;
      const press = await ewon('1524-0071-21', 'Press');
      const pump = await ewon('1524-0072-21', 'Pump');
      const { id } = await start();
      await until(id, ordered);
      await come(fixture, press.device, id);
      await press.device.unlink(press.location, press.deviceId);
      const during: ImportView = (await open()).json;
      assert.deepEqual(
        during.staying.map(({ name, why }) => [name, why]),
        [['Pump', 'MOVE_SENT']],
        'one that is to move is in no second list',
      );
      assert.equal((await here.admin('POST', `imports/${id}/end`, {})).status, 200);
      const late = await there(pump.device).move(id);
      assert.deepEqual([late.status, late.json['code']], [403, 'MOVE_UNKNOWN']);
      const over = await fixture.view(id);
      assert.deepEqual([over.state, over.counts.moved, over.counts.stayed], ['ended', 1, 1]);
      for (; await orderFor(pump.deviceId); await fixture.view(id)) await here.clock.advance(2 * SECOND_MS);
      assert.deepEqual(names((await source.admin('GET', 'ewons')).json), ['Pump']);
      assert.ok(source.broker.admitted.has(pump.deviceId), 'it works where it was');
      assert.ok((await events(here)).includes('The import from account [Plant A] was ended; 1 Ewons stay there.'));
      assert.deepEqual(names((await open()).json.ewons), ['Pump'], 'it can be imported another time');
      const again = await here.admin('POST', `imports/${id}/end`, {});
      assert.deepEqual([again.status, again.json.state], [200, 'ended']);
      await here.admin('POST', `imports/${during.id}/end`, {});
      assert.equal((await here.admin('GET', `imports/${during.id}`)).json.code, 'NOT_FOUND', 'a list is forgotten');
    }),
  );

  test(
    'the good-bye is lost: once the Ewon is seen at work here, its old account learns it from this one',
    onImport(async (fixture) => {
      const { here, source, ewon, start, until, events } = fixture;
      const press = await ewon('1524-0071-21', 'Press');
      const { id } = await start();
      await until(id, ordered);
      const moved = await come(fixture, press.device, id);
      await until(id, ({ state }) => state === 'done');
      for (let looks = 0; looks < 20; looks++) {
        await here.clock.advance(2 * SECOND_MS);
        await fixture.view(id);
      }
      assert.ok(source.broker.admitted.has(press.deviceId), 'it may not have got its answer yet');
      await online(here, String(moved.json['deviceId']));
      for (; source.broker.admitted.has(press.deviceId); await fixture.view(id))
        await here.clock.advance(2 * SECOND_MS);
      assert.ok((await events(source)).includes('Ewon [Press] moved to account [Plant B].'));
      assert.deepEqual((await source.admin('GET', 'ewons')).json, []);
      const bye = await press.device.unlink(press.location, press.deviceId);
      assert.equal(bye.status, 200, 'a late good-bye is success');
    }),
  );

  test('both servers are started anew between order and arrival: the Ewon moves all the same', async () => {
    const first = await openImportFixture();
    const press = await first.ewon('1524-0071-21', 'Press');
    const { id } = await first.start();
    await first.until(id, ordered);
    await Promise.all([first.source.account.close(), first.here.account.close()]);
    const source = await openAccountFixture({ stateDir: first.source.stateDir });
    const here = await openAccountFixture({ stateDir: first.here.stateDir });
    try {
      const fixture = await importFixtureOver(source, here);
      const order = await fixture.orderFor(press.deviceId);
      assert.equal(order?.move.move, id, 'the broker keeps the order again');
      const same = createTestDevice(source.askFrom('127.0.0.1'), BASE, '1524-0071-21', press.device.keys);
      await come(fixture, same, id);
      await same.unlink(press.location, press.deviceId);
      assert.ok((await fixture.events(source)).includes('Ewon [Press] moved to account [Plant B].'));
      const over = await fixture.view(id);
      assert.equal(over.counts.moved, 1);
    } finally {
      await source.close();
      await here.close();
      await first.close();
    }
  });

  test(
    'the source is away: that is said, nothing is lost, and it goes on by itself',
    onImport(async (fixture) => {
      const { here, source, ewon, start, until } = fixture;
      await ewon('1524-0071-21', 'Press');
      const listed: ImportView = (await fixture.open()).json;
      const waiting: ImportView = (await fixture.open()).json;
      await source.account.adminApp.close();
      await start({}, listed);
      const away = await until(listed.id, ({ trouble }) => trouble !== null);
      assert.equal(away.trouble?.code, 'IMPORT_SOURCE_UNREACHABLE');
      assert.equal(away.counts.waiting, 1);
      assert.equal((await fixture.open()).json.code, 'IMPORT_SOURCE_UNREACHABLE');
      await here.clock.advance(3 * HOUR_MS);
      // a list that nobody acts on is forgotten
      while ((await here.admin('GET', `imports/${waiting.id}`)).status !== 404) await here.clock.advance(2 * SECOND_MS);
      assert.equal((await fixture.view(listed.id)).counts.waiting, 1, 'what was started is not');
    }),
  );

  test(
    'of an Ewon that never comes the order is over after 30 days: it stays, and a late one is not let in',
    onImport(async (fixture) => {
      const { here, source, ewon, start, until, there } = fixture;
      const press = await ewon('1524-0071-21', 'Press');
      const { id } = await start();
      await until(id, ordered);
      source.clock.jump(30 * DAY_MS + MINUTE_MS);
      await source.admin('GET', 'commands'); // time is up as soon as somebody looks
      const over = await until(id, ({ state }) => state === 'done');
      assert.deepEqual([over.ewons[0]?.state, over.ewons[0]?.reason], ['failed', 'COMMAND_EXPIRED']);
      assert.equal((await there(press.device).move(id)).json['code'], 'MOVE_UNKNOWN');
      assert.deepEqual(names((await source.admin('GET', 'ewons')).json), ['Press']);
      assert.equal((await here.admin('GET', 'ewons')).json.length, 0);
    }),
  );

  test(
    'no user sends "move" by hand, and an address that is none, or this account itself, is refused',
    onImport(async ({ source, here, open, ewon }) => {
      const { deviceId } = await ewon('1524-0071-21', 'Press');
      const boss = createBrowser(source.account);
      await boss.signIn('boss', SOURCE_PASSWORD);
      const by = await boss.ask('POST', `ewons/${deviceId}/commands`, { name: 'move', arguments: {} });
      assert.deepEqual([by.status, by.json.code], [400, 'BAD_REQUEST'], 'an Administrator neither');
      const code = async (url: string) => (await open({ url })).json.code;
      for (const url of ['', 'plant-a', 'ftp://127.0.0.1', 'http://192.0.2.1:80', 'https://ann:secret@192.0.2.1'])
        assert.equal(await code(url), 'IMPORT_ADDRESS_BAD', url);
      await here.admin('POST', 'users', { login: 'boss', password: SOURCE_PASSWORD, groupIds: ['administrators'] });
      assert.equal(await code(here.account.adminUrl), 'IMPORT_SAME_ACCOUNT');
      const origin = `https://127.0.0.1:${new URL(source.account.deviceUrl).port}`;
      assert.equal(await code(origin), 'IMPORT_SOURCE_UNREACHABLE', 'its certificate is not trusted');
      const other = await open({ url: origin, ca: source.account.ca });
      assert.equal(other.json.code, 'IMPORT_SOURCE_BAD', 'trusted, and no admin interface');
    }),
  );
});
