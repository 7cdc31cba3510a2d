// test-timeout: 300 s
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { DAY_MS, type DeviceId, MINUTE_MS, SECOND_MS, toBase64url, topicFor } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import nacl from 'tweetnacl';
import { type AccountFixture, BASE, openAccountFixture } from '../../testing/account-fixture.ts';
import { createTestDevice } from '../../testing/device-client.ts';
import {
  importFixtureOver,
  onImport,
  openBetween,
  openImportFixture,
  SOURCE_PASSWORD,
} from '../../testing/import-fixture.ts';
import { linked } from '../../testing/stories.ts';
import type { ImportView } from './admin-imports.ts';

const ordered = ({ ewons }: ImportView) => ewons.every(({ isOrdered }) => isOrdered);
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).toSorted();
const newId = () => toBase64url(nacl.randomBytes(16));

/** An Ewon says that it is online. */
async function online({ broker, account }: AccountFixture, deviceId: string): Promise<void> {
  await broker.send(topicFor({ accountId: account.accountId, deviceId: deviceId as DeviceId }, 'status'), {
    ...{ v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e', seq: 1, state: 'online' },
    ...{ agent: '0.1.0', bootId: 'b', bootCount: 1 },
  });
}

suite('import from another account', { timeoutMs: 120_000 }, (test) => {
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

      const moved = await fixture.come(press.device, id);
      const { deviceId, name, pool, status, certificate } = moved.json;
      assert.deepEqual([name, pool, status], ['Press 1', 'North', 'approved']);
      assert.equal(new X509Certificate(String(certificate)).subject, `CN=${deviceId}`);
      const polled = await fixture.there(press.device).poll(moved.headers['location'] ?? '');
      assert.deepEqual([polled.status, polled.json['deviceId']], [200, deviceId]);
      assert.ok(source.broker.admitted.has(press.deviceId), 'until it says good-bye it is there as well');
      await press.device.unlink(press.location, press.deviceId);

      assert.ok((await events(here)).includes('Ewon [Press 1] has been moved from account [Plant A].'));
      const { lines } = (await here.admin('GET', 'log/lines?called=Press%201')).json;
      const said = lines.map(({ event }: { event: string }) => event);
      assert.ok(said.includes('Ewon [Press 1] has been moved from account [Plant A].'), said.join('\n'));
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
      const written = [...source.lines, ...here.lines].join('\n') + JSON.stringify([there, await events(here)]);
      assert.ok(!written.includes(SOURCE_PASSWORD), 'no password in a log');
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
      assert.equal((await fixture.come(press.device, listed.id)).json['name'], 'Press (2)');
      assert.equal((await fixture.come(pump.device, listed.id)).json['name'], 'Pump (2)');
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
    'the good-bye is lost: once the Ewon is seen at work here, its old account learns it from this one',
    onImport(async (fixture) => {
      const { here, source, ewon, start, until, events } = fixture;
      const press = await ewon('1524-0071-21', 'Press');
      const { id } = await start();
      await until(id, ordered);
      const moved = await fixture.come(press.device, id);
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

  test(
    'an Ewon that was let in and removed here before it was ever seen is not thrown out of the account it works in',
    onImport(async (fixture) => {
      const { here, source, ewon, start, until } = fixture;
      const press = await ewon('1524-0071-21', 'Press');
      const { id } = await start();
      await until(id, ordered);
      const moved = await fixture.come(press.device, id); // and its answer is lost
      await here.admin('DELETE', `ewons/${moved.json['deviceId']}`);
      for (let looks = 0; looks < 20; looks++) {
        await here.clock.advance(2 * SECOND_MS);
        await fixture.view(id);
      }
      assert.ok(source.broker.admitted.has(press.deviceId));
      assert.deepEqual(names((await source.admin('GET', 'ewons')).json), ['Press']);
    }),
  );

  test(
    'a source that holds its answer holds up nothing else here, and is given up when the server closes',
    onImport(async (fixture) => {
      const { source, here, ewon, open, start, until } = fixture;
      const between = await openBetween(source.account.adminUrl);
      await ewon('1524-0071-21', 'Press');
      const pump = await linked(here, here.device('1524-0072-21'), { name: 'Pump' });
      await online(here, pump.deviceId);
      const { id } = await start({}, (await open({ url: between.url })).json);
      await until(id, ordered);
      between.does = () => 'hold';
      for (; between.held.size === 0; await fixture.view(id)) await here.clock.advance(2 * SECOND_MS);
      const held = [...between.held];
      const isOnline = async () => (await here.admin('GET', 'ewons')).json[0].status === 'online';
      assert.ok(await isOnline());
      while (await isOnline()) await here.clock.advance(10 * MINUTE_MS); // the upkeep marks it silent
      assert.deepEqual([...between.held], held, 'nothing waited for the answer');
      const givenUp = Promise.all(held.map((response) => once(response, 'close')));
      await Promise.all([givenUp, here.account.close()]);
      await between.close();
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
      await fixture.come(same, id);
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

  test('a server that ended before it had the source order anything does so as soon as it runs again', async () => {
    const first = await openImportFixture();
    const between = await openBetween(first.source.account.adminUrl);
    const press = await first.ewon('1524-0071-21', 'Press');
    const listed: ImportView = (await first.open({ url: between.url })).json;
    between.does = () => 'hold';
    await first.start({}, listed);
    await first.here.account.close();
    assert.equal(await first.orderFor(press.deviceId), undefined);
    between.does = () => 'pass';
    const here = await openAccountFixture({ stateDir: first.here.stateDir });
    try {
      await eventually(() => first.orderFor(press.deviceId), { what: 'an order, at once and unasked' });
    } finally {
      await between.close();
      await here.close();
      await first.close();
    }
  });
});
