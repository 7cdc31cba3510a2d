// test-timeout: 300 s
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toBase64url } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createBrowser } from '../../testing/browser.ts';
import { onImport, openBetween, SOURCE_PASSWORD } from '../../testing/import-fixture.ts';
import { pending } from '../../testing/stories.ts';
import type { ImportView } from './admin-imports.ts';

const ordered = ({ ewons }: ImportView) => ewons.every(({ isOrdered }) => isOrdered);
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).toSorted();

suite('import from another account: what stays', { timeoutMs: 120_000 }, (test) => {
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
      for (const pool of ['..', '\u200b', ''])
        assert.equal(await start({ pool, newPool: true, ewons: [good] }), 'FIELD_UNFIT', pool);
      assert.equal(await start({ pool: 'Default', ewons: [good, good] }), 'BAD_REQUEST');
      await fixture.start({ pool: 'Fresh', newPool: true }, listed);
      assert.deepEqual((await here.admin('GET', 'pools')).json, ['Default', 'Fresh']);
      assert.equal((await here.admin('DELETE', 'pools/Fresh')).json.code, 'CONFLICT', 'Ewons are to come there');
      assert.equal(await start({ pool: 'Default', ewons: [good] }), 'CONFLICT', 'it was started already');
      await source.admin('PATCH', 'policy', { remoteManagement: false });
      const none: ImportView = (await fixture.open()).json;
      assert.deepEqual(names(none.ewons), []);
    }),
  );

  test(
    'remote management that is off, at the account or at the device, keeps Ewons where they are',
    onImport(async ({ source, ewon, open }) => {
      await ewon('1524-0071-21', 'One');
      await source.admin('PATCH', 'policy', { remoteManagement: false });
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
      await source.admin('PATCH', 'two-factor-policy', policy);
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
      await source.admin('PATCH', 'two-factor-policy', { ...policy, enabled: false });
      assert.equal((await open()).status, 200);
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
      await fixture.come(press.device, id);
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
    'answers of the source are lost: what it ordered comes when its time to order is over, and at the end no trouble stands',
    onImport(async (fixture) => {
      const { source, ewon, open, start, until } = fixture;
      const between = await openBetween(source.account.adminUrl);
      const press = await ewon('1524-0071-21', 'Press');
      const listed: ImportView = (await open({ url: between.url })).json;
      between.does = (request) => (request === 'POST moves' ? 'lose' : 'pass');
      const { id } = await start({}, listed);
      await until(id, ({ trouble }) => trouble !== null);
      source.clock.jump(HOUR_MS);
      between.does = (request) => (request === 'DELETE handover' ? 'lose' : 'pass');
      assert.deepEqual((await until(id, ordered)).counts, { waiting: 1, moved: 0, failed: 0, stayed: 0 });
      await fixture.come(press.device, id);
      await press.device.unlink(press.location, press.deviceId);
      const given = await until(id, ({ state, trouble }) => state === 'done' && trouble !== null);
      assert.equal(given.trouble?.code, 'IMPORT_SOURCE_UNREACHABLE', 'it was given back, and the answer is lost');
      const over = await until(id, ({ trouble }) => trouble?.code !== 'IMPORT_SOURCE_UNREACHABLE');
      assert.equal(over.trouble, null);
      await between.close();
    }),
  );

  test(
    'of an Ewon that never comes the order is over after 30 days: it stays, and a late one is not let in',
    onImport(async (fixture) => {
      const { here, source, ewon, start, until, there, events } = fixture;
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
      source.clock.jump(2 * DAY_MS);
      await press.device.unlink(press.location, press.deviceId);
      assert.ok((await events(source)).includes('Ewon [Press] forgot its account and was unlinked.'));
    }),
  );

  test(
    'nobody sends "move" by hand, and an address that is none, or this account itself, is refused',
    onImport(async ({ source, here, open, ewon }) => {
      const { deviceId } = await ewon('1524-0071-21', 'Press');
      const boss = createBrowser(source.account);
      await boss.signIn('boss', SOURCE_PASSWORD);
      const by = await boss.ask('POST', `ewons/${deviceId}/commands`, { name: 'move', arguments: {} });
      const byHolder = await source.admin('POST', `ewons/${deviceId}/commands`, { name: 'move', arguments: {} });
      for (const { status, json } of [by, byHolder]) assert.deepEqual([status, json.code], [400, 'BAD_REQUEST']);
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
