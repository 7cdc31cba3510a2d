import { MINUTE_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { SILENT_OFFLINE_MS } from '../core/presence.ts';
import { openAccountFixture, START_MS } from '../testing/account-fixture.ts';

const AT = timestampOf(START_MS);

suite('alarms and presence at the account', { timeoutMs: 120_000 }, (test) => {
  async function openLinked() {
    const fixture = await openAccountFixture();
    const device = fixture.device();
    await device.register(await device.request(await fixture.grk()));
    await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, { name: 'Pump' });
    const deviceId = (await fixture.admin('GET', 'ewons')).json[0].deviceId;
    let seq = 0;
    const send = (channel: string, body: object) =>
      fixture.broker.send(`ewon/v1/${fixture.account.accountId}/${deviceId}/up/${channel}`, {
        ...{ v: 1, at: AT, epoch: 'e1', seq: ++seq },
        ...body,
      });
    const event = (code: string, severity: string) => send('event', { code, severity, text: `${code} happened` });
    const status = (facts: object = {}) =>
      send('status', { state: 'online', agent: '0.1.0', bootId: 'b', bootCount: 1, ...facts });
    const ewon = async () => (await fixture.admin('GET', 'ewons')).json[0];
    const events = async () =>
      (await fixture.admin('GET', 'log?limit=100')).json.map((line: { event: string }) => line.event);
    return { ...fixture, deviceId, send, event, status, ewon, events };
  }

  test('an error of an Ewon is listed, counted and told live; its opposite closes it, a person closes any', async () => {
    const { admin, event, status, ewon, events, close, deviceId } = await openLinked();
    await status();
    await event('CARD_DAMAGED', 'error');
    await event('CARD_DAMAGED', 'error');
    await event('FIRMWARE_ANSWER_BAD', 'error');
    assert.equal((await ewon()).alarms, 2);
    const listed = (await admin('GET', 'alarms')).json;
    assert.deepEqual((await admin('GET', `alarms?ewon=${deviceId}`)).json, listed);
    assert.deepEqual((await admin('GET', `alarms?ewon=d_${'a'.repeat(26)}`)).json, []);
    assert.equal((await admin('GET', 'alarms?ewon=x')).status, 400);
    assert.deepEqual(
      listed.map((a: Record<string, unknown>) => [a['name'], a['code'], a['count']]),
      [
        ['Pump', 'CARD_DAMAGED', 2],
        ['Pump', 'FIRMWARE_ANSWER_BAD', 1],
      ],
    );
    await event('SD_REMOVED', 'info');
    assert.equal((await ewon()).alarms, 1);
    const done = await admin('POST', 'alarms/acknowledge', { deviceId });
    assert.deepEqual(
      [done.json, (await ewon()).alarms, (await admin('GET', 'alarms')).json],
      [{ acknowledged: 1 }, 0, []],
    );
    assert.ok((await events()).includes('Alarms of [Pump] were acknowledged: FIRMWARE_ANSWER_BAD.'));
    await event('FIRMWARE_ANSWER_BAD', 'error');
    assert.equal((await ewon()).alarms, 1, 'it happens again');
    assert.equal((await admin('POST', 'alarms/acknowledge', { unknown: 1 })).status, 400);
    await close();
  });

  test('an Ewon that vanished without a will is offline within 40 minutes; what the broker kept does not bring it back, what it sends does', async () => {
    const { clock, status, send, ewon, events, close } = await openLinked();
    await status();
    const atRest = clock.waiting();
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= MINUTE_MS) {
        await clock.advance(MINUTE_MS);
        await clock.whenWaiting(atRest); // a round of upkeep is over when the next one waits
      }
    };
    await pass(SILENT_OFFLINE_MS - MINUTE_MS);
    assert.equal((await ewon()).status, 'online');
    await pass(40 * MINUTE_MS - SILENT_OFFLINE_MS + MINUTE_MS);
    assert.equal((await ewon()).status, 'offline');
    assert.ok((await events()).some((line: string) => line.startsWith('Nothing was heard of [Pump]')));
    const seen = (await ewon()).lastSeen;
    await status({ seq: 1 });
    assert.deepEqual([(await ewon()).status, (await ewon()).lastSeen], ['offline', seen]);
    await send('health', { rssBytes: 1, cpuMs: 1, eventLoopLagMs: 1, uptimeMs: 1, queued: 0 });
    assert.equal((await ewon()).status, 'online');
    await close();
  });
});
