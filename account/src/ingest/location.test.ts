import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import type { GeolocateRequest } from '../core/geolocate.ts';
import type { ServiceAnswer } from '../core/locate.ts';
import type { CountryDatabase } from '../ports/places.ts';
import { openAccountFixture, START_MS } from '../testing/account-fixture.ts';

const AT = timestampOf(START_MS);
const FIX = { lat: 52.37, lng: 4.895, accuracy: 8, at: AT };
const CELL = { radioType: 'lte', mobileCountryCode: 204, mobileNetworkCode: 4, locationAreaCode: 7, cellId: 70_001 };
const WIFI = ['02:00:00:00:00:01', '02:00:00:00:00:02'].map((macAddress) => ({ macAddress, signalStrength: -60 }));

const countries: CountryDatabase = { countryOf: async () => ({ is: 'unknown' }) };

/** An account with one linked Ewon, and places looked up by a test. */
async function openLinked(options: { readonly country?: string; readonly stateDir?: string } = {}) {
  const asked: GeolocateRequest[] = [];
  const answers: {
    wifi: ServiceAnswer;
    cell: ServiceAnswer;
    until: Promise<void>;
    isAsked: PromiseWithResolvers<void>;
  } = {
    ...{ wifi: { is: 'unknown' }, cell: { is: 'unknown' } },
    ...{ until: Promise.resolve(), isAsked: Promise.withResolvers() },
  };
  const { country, stateDir } = options;
  const fixture = await openAccountFixture({
    ...(stateDir !== undefined && { stateDir }),
    places: {
      service: {
        async ask(question) {
          asked.push(question);
          answers.isAsked.resolve();
          await answers.until;
          return question.wifiAccessPoints ? answers.wifi : answers.cell;
        },
      },
      countries: { countryOf: async () => (country ? { is: 'found', code: country } : { is: 'unknown' }) },
    },
  });
  const device = fixture.device();
  await device.register(await device.request(await fixture.grk()));
  await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, { name: 'Pump' });
  const { deviceId } = (await fixture.admin('GET', 'ewons')).json[0];
  let seq = 0;
  const topic = `ewon/v1/${fixture.account.accountId}/${deviceId}/up/location`;
  const hand = (body: object, from?: string) => {
    const text = JSON.stringify({ v: 1, at: AT, epoch: 'e1', seq: ++seq, ...body });
    return fixture.broker.needs().onMessage(topic, Buffer.from(text), from);
  };
  const say = async (body: object, from?: string) => {
    await hand(body, from);
    await fixture.broker.needs().settled();
  };
  const tell = (evidence: object, from?: string) => say({ evidence: { considerIp: false, ...evidence } }, from);
  const ewon = async () => (await fixture.admin('GET', 'ewons')).json[0];
  const alarms = async () => (await fixture.admin('GET', 'alarms')).json;
  const events = async (): Promise<string[]> =>
    (await fixture.admin('GET', 'log?limit=100')).json.map((line: { event: string }) => line.event);
  const policy = (geolocation: boolean) => fixture.admin('PATCH', 'policy', { geolocation });
  return { ...fixture, deviceId, topic, hand, say, tell, ewon, alarms, events, policy, asked, answers };
}

suite('location at the account', { timeoutMs: 120_000 }, (test) => {
  test('a fix is shown with its Ewon as it was told, and no service hears of it', async () => {
    const { tell, ewon, asked, close } = await openLinked();
    assert.equal((await ewon()).location, undefined);
    await tell({ gnss: FIX, wifiAccessPoints: WIFI, cellTowers: [CELL] });
    assert.deepEqual((await ewon()).location, { ...FIX, source: 'gnss' });
    assert.deepEqual(asked, []);
    await close();
  });

  test('access points are asked for alone, then cells alone; the same ones again are not asked for', async () => {
    const { tell, ewon, asked, answers, close } = await openLinked();
    answers.cell = { is: 'found', lat: 52, lng: 5, accuracy: 1500 };
    await tell({ wifiAccessPoints: WIFI, cellTowers: [CELL] });
    const fallbacks = { lacf: true, ipf: false };
    assert.deepEqual(asked, [
      { considerIp: false, fallbacks, wifiAccessPoints: WIFI },
      { considerIp: false, fallbacks, cellTowers: [CELL] },
    ]);
    assert.deepEqual((await ewon()).location, { lat: 52, lng: 5, accuracy: 1500, source: 'cell', at: AT });
    await tell({ wifiAccessPoints: WIFI.toReversed(), cellTowers: [{ ...CELL, signalStrength: -90 }] });
    assert.equal(asked.length, 2);
    await close();
  });

  test('a service that fails is asked again until it answers; meanwhile the country counts', async () => {
    const { tell, ewon, answers, asked, clock, broker, lines, close } = await openLinked({ country: 'NL' });
    answers.wifi = { is: 'failed', why: 'HTTP 500' };
    await tell({ considerIp: true, wifiAccessPoints: WIFI }, '::ffff:145.1.1.1');
    const meanwhile = (await ewon()).location;
    assert.deepEqual([meanwhile.source, meanwhile.fallback], ['ip', 'ipf']);
    assert.ok(meanwhile.accuracy >= 100_000, 'a country is no pin');
    answers.wifi = { is: 'found', lat: 52.1, lng: 5.1, accuracy: 40 };
    await clock.advance(2 * MINUTE_MS);
    await broker.needs().settled();
    assert.deepEqual([(await ewon()).location.source, (await ewon()).location.accuracy], ['wifi', 40]);
    assert.equal(asked.length, 2);
    const said = lines.filter((line) => line.includes('GEOLOCATE_FAILED'));
    assert.equal(said.length, 1);
    await close();
  });

  test('what a service did not answer is asked for again by the server that is started next', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'ewon-location-'));
    const first = await openLinked({ stateDir });
    first.answers.wifi = { is: 'failed', why: 'HTTP 500' };
    await first.tell({ wifiAccessPoints: WIFI });
    await first.close();
    const answer: ServiceAnswer = { is: 'found', lat: 52.1, lng: 5.1, accuracy: 40 };
    const service = { ask: async () => answer };
    const next = await openAccountFixture({ stateDir, places: { service, countries } });
    const location = async () => (await next.admin('GET', 'ewons')).json[0].location;
    await next.broker.needs().settled();
    assert.equal(await location(), undefined);
    await next.clock.advance(MINUTE_MS);
    await next.broker.needs().settled();
    assert.equal((await location()).source, 'wifi');
    await next.close();
    await rm(stateDir, { recursive: true });
  });

  for (const by of ['account', 'device'] as const)
    test(`switched off by the ${by} while a service is asked: what it answers is not kept`, async () => {
      const { hand, tell, ewon, policy, answers, asked, close } = await openLinked();
      const gate = Promise.withResolvers<void>();
      answers.until = gate.promise;
      answers.wifi = { is: 'found', lat: 52.1, lng: 5.1, accuracy: 40 };
      const told = tell({ wifiAccessPoints: WIFI });
      await answers.isAsked.promise;
      if (by === 'account') await policy(false);
      else await hand({ withdrawn: 'device' });
      await eventually(async () => (await ewon()).locationOff === by, { what: 'the switch' });
      gate.resolve();
      await told;
      assert.equal((await ewon()).location, undefined);
      if (by === 'account') await policy(true);
      await tell({ wifiAccessPoints: WIFI });
      assert.deepEqual([(await ewon()).location.source, asked.length], ['wifi', 2]);
      await close();
    });

  test('nobody who is not signed in sees a place, or the cells', async () => {
    const { account, deviceId, close } = await openLinked();
    for (const [method, url] of [
      ['GET', `ewons/${deviceId}/location`],
      ['PATCH', `ewons/${deviceId}/location`],
      ['GET', 'cells'],
      ['POST', 'cells'],
    ] as const)
      assert.equal((await account.adminApp.inject({ method, url: `/api/v1/${url}` })).statusCode, 401, url);
    await close();
  });

  test('an address of a house, an operator or a book is not looked up; nor is any of who told nothing', async () => {
    const { tell, ewon, broker, topic, close } = await openLinked({ country: 'NL' });
    const online = { v: 1, at: AT, epoch: 'e1', seq: 900, state: 'online', agent: '1', bootId: 'b', bootCount: 1 };
    const status = (seq: number, from: string) =>
      broker
        .needs()
        .onMessage(topic.replace('location', 'status'), Buffer.from(JSON.stringify({ ...online, seq })), from);
    await status(900, '145.1.1.1');
    await broker.needs().settled();
    assert.equal((await ewon()).location, undefined, 'it never told evidence');
    for (const from of ['192.168.1.5', '100.64.3.2', '203.0.113.9', '127.0.0.1', 'fd00::1']) {
      await tell({ considerIp: true }, from);
      assert.equal((await ewon()).location, undefined, from);
    }
    await status(901, '145.1.1.1');
    await broker.needs().settled();
    await broker.needs().settled();
    assert.equal((await ewon()).location.source, 'ip', 'it came from elsewhere, and had told that its address counts');
    await close();
  });

  test('switched off at the account: places and evidence are gone with the policy, here and at the broker; nothing new is kept', async () => {
    const { tell, ewon, policy, broker, topic, admin, deviceId, asked, close } = await openLinked();
    await tell({ gnss: FIX });
    await policy(false);
    const cleared = () => broker.sent.filter((sent) => sent.topic === topic);
    assert.deepEqual(cleared(), [{ topic, payload: '', qos: 1, retain: true }]);
    const shown = await ewon();
    assert.deepEqual([shown.location, shown.locationOff], [undefined, 'account']);
    await tell({ wifiAccessPoints: WIFI, gnss: FIX });
    assert.deepEqual([(await ewon()).location, asked.length], [undefined, 0]);
    assert.equal(cleared().length, 2, 'what it told all the same is taken away as well');
    const detail = (await admin('GET', `ewons/${deviceId}/location`)).json;
    assert.equal(JSON.stringify(detail).includes('52.37'), false);
    await policy(true);
    assert.equal((await ewon()).locationOff, undefined);
    await tell({ gnss: FIX });
    assert.equal((await ewon()).location.source, 'gnss');
    await close();
  });

  test('a device that takes back what it told: its place is gone, and who decided is shown', async () => {
    const { tell, say, ewon, close } = await openLinked();
    await tell({ gnss: FIX });
    await say({ withdrawn: 'device' });
    const shown = await ewon();
    assert.deepEqual([shown.location, shown.locationOff], [undefined, 'device']);
    await close();
  });

  test('an Ewon that is carried off opens an alarm; it closes where it came from, and stays closed where a person says so', async () => {
    const { tell, alarms, events, ewon, admin, close } = await openLinked();
    const north = (metres: number) => ({ gnss: { ...FIX, lat: FIX.lat + metres / 111_195 } });
    await tell(north(0));
    await tell(north(900));
    assert.deepEqual(await alarms(), [], 'a yard');
    await tell(north(1800));
    assert.deepEqual(
      (await alarms()).map((a: { code: string }) => a.code),
      ['LOCATION_MOVED'],
      'small steps',
    );
    assert.equal((await ewon()).alarms, 1);
    assert.ok(
      (await events()).includes('[Pump] is not where it belongs: 1.8 km from there, by its receiver within 8 m.'),
    );
    await tell(north(10));
    assert.deepEqual(await alarms(), []);
    assert.ok((await events()).includes('[Pump] is where it belongs again.'));
    await tell(north(5000));
    await admin('POST', 'alarms/acknowledge', { code: 'LOCATION_MOVED' });
    await tell(north(5100));
    assert.deepEqual(await alarms(), [], 'it belongs there now');
    await tell(north(0));
    assert.equal((await alarms()).length, 1);
    await close();
  });

  test('an Ewon that is meant to go about opens no alarm; told to stay, it belongs where it is then', async () => {
    const { tell, alarms, admin, deviceId, policy, close } = await openLinked();
    const north = (metres: number) => ({ gnss: { ...FIX, lat: FIX.lat + metres / 111_195 } });
    await tell(north(0));
    await tell(north(5000));
    assert.equal((await alarms()).length, 1);
    const set = (moves: boolean) => admin('PATCH', `ewons/${deviceId}/location`, { moves });
    assert.equal((await set(true)).json.moves, true);
    assert.deepEqual(await alarms(), []);
    await policy(false);
    await policy(true);
    for (const metres of [0, 9000, 20_000]) await tell(north(metres));
    assert.deepEqual(await alarms(), []);
    assert.equal((await set(false)).json.home.lat, north(20_000).gnss.lat);
    await tell(north(21_500));
    assert.equal((await alarms()).length, 1);
    assert.equal((await admin('PATCH', `ewons/${deviceId}/location`, { moves: 1 })).status, 400);
    assert.equal((await admin('PATCH', 'ewons/d_x/location', { moves: true })).status, 404);
    await close();
  });

  test('a country is no move from a cell in it, one on the other side of the world is', async () => {
    const { tell, alarms, close } = await openLinked({ country: 'NL' });
    await tell({ gnss: FIX });
    await tell({ considerIp: true }, '145.1.1.1');
    assert.deepEqual(await alarms(), []);
    await tell({ gnss: { ...FIX, lat: -33, lng: 151 } });
    assert.equal((await alarms()).length, 1);
    await close();
  });
});
