import { accountIdFrom } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type AccountFixture, openAccountFixture } from '../testing/account-fixture.ts';
import { linked, onAccount } from '../testing/stories.ts';
import { EPOCHS_MAX } from './retained.ts';

/** A linked device that sends by its broker, and what the account then shows. */
async function sender(fixture: AccountFixture) {
  const { deviceId } = await linked(fixture, fixture.device(), { name: 'Pump 1' });
  const at = new Date(fixture.clock.now()).toISOString();
  const send = (channel: string, seq: number, body: object, epoch = 'e1') =>
    fixture.broker.send(`ewon/v1/${fixture.account.accountId}/${deviceId}/up/${channel}`, {
      ...{ v: 1, at, epoch, seq },
      ...body,
    });
  const status = (seq: number, state: 'online' | 'offline', epoch?: string) =>
    send('status', seq, { state, agent: '0.2.0', bootId: 'b', bootCount: 1 }, epoch);
  const shown = async () => (await fixture.admin('GET', 'ewons')).json[0];
  const events = async () =>
    (await fixture.admin('GET', 'log')).json.map((line: { event: string }) => line.event) as readonly string[];
  return { deviceId, send, status, shown, events };
}

suite('messages of devices', (test) => {
  test(
    'online, the will of that session, back again; a will of the session before comes too late',
    onAccount(async (fixture) => {
      const { status, shown, events } = await sender(fixture);
      assert.deepEqual([(await shown()).status, (await shown()).lastSeen], ['offline', null]);
      await status(1, 'online');
      assert.equal((await shown()).status, 'online');
      assert.equal((await shown()).agent, '0.2.0');
      await status(2, 'offline');
      assert.equal((await shown()).status, 'offline');
      await status(11, 'online');
      await status(2, 'offline');
      assert.equal((await shown()).status, 'online', 'a will of the session before');
      await status(12, 'offline');
      assert.equal((await shown()).status, 'offline');
      await status(1, 'online', 'e2');
      await status(99, 'offline', 'e1');
      assert.equal((await shown()).status, 'online', 'a message of the epoch before');
      const told = (await events()).filter((event) => /is (on|off)line/.test(event)).length;
      assert.equal(told, 5, 'one line for each change');
    }),
  );

  test(
    'how the way to the account stands is shown, the newest word of it, and brings nobody back who said good-bye',
    onAccount(async (fixture) => {
      const { send, status, shown } = await sender(fixture);
      const wan = (state: string, connectivity: string) => ({
        ...{ link: 'cellular', interface: 'wwan0', state, connectivity, since: '2026-03-01T12:00:00.000Z' },
        ...{ cause: 'WAN_ONLINE', probes: [], probeBytesThisMonth: 0, probeBytesMax: 1, sources: {}, history: [] },
      });
      await status(1, 'online');
      await send('wan', 3, wan('online', 'full'));
      await send('wan', 2, wan('connecting', 'unknown'));
      const ewon = await shown();
      assert.deepEqual([ewon.wan.interface, ewon.wan.state, ewon.wan.connectivity], ['wwan0', 'online', 'full']);
      await status(4, 'offline');
      await send('wan', 5, wan('offline', 'none'));
      assert.deepEqual([(await shown()).status, (await shown()).wan.state], ['offline', 'offline']);
      await send('wan', 6, { ...wan('online', 'full'), link: 'pigeon' });
      assert.equal((await shown()).wan.seq, 5, 'what is not of the form is ignored');
    }),
  );

  test(
    'inventory and health: the newest stays; an event is one line however often it comes',
    onAccount(async (fixture) => {
      const { send, shown, events, deviceId } = await sender(fixture);
      const inventory = { serial: '1524-0071-21', model: 'Flexy 205', agent: '0.2.0', slots: ['sd0'] };
      await send('inventory', 5, { ...inventory, firmware: '15.0s2' });
      await send('inventory', 4, { ...inventory, firmware: '14.0s0' });
      await send('health', 6, { rssBytes: 1, cpuMs: 2, eventLoopLagMs: 0.5, uptimeMs: 3, queued: 0 });
      const ewon = await shown();
      assert.deepEqual([ewon.model, ewon.firmware, ewon.health.rssBytes], ['Flexy 205', '15.0s2', 1]);
      const event = { code: 'CARD_GONE', severity: 'warn', text: 'pulled \u001b[2J' };
      await send('event', 9, event);
      await send('event', 9, event);
      await send('event', 8, { code: 'NEW_CODE', severity: 'info', text: 'of a newer agent' });
      const told = (await events()).slice(-2);
      assert.deepEqual(told, ['pulled \u001b[2J', 'NEW_CODE: of a newer agent']);
      const { json } = await fixture.admin('GET', 'log');
      assert.deepEqual([json.at(-2).code, json.at(-2).deviceId, json.at(-1).code], ['CARD_GONE', deviceId, null]);
      assert.ok(!(await fixture.admin('GET', 'log?form=raw')).text.includes('\u001b'), 'no escape reaches a terminal');
    }),
  );

  test(
    'what is not a message, not of this account or not of a linked Ewon is ignored, said once, and changes nothing',
    onAccount(async (fixture) => {
      const { send, status, shown, deviceId } = await sender(fixture);
      await fixture.broker.send('some/topic', {});
      await fixture.broker.send(`ewon/v1/a_${'a'.repeat(26)}/${deviceId}/up/status`, {});
      await send('status', 1, { state: 'asleep' });
      await fixture.broker.send(`ewon/v1/${fixture.account.accountId}/${deviceId}/up/health`, '{');
      const before = await shown();
      assert.equal(fixture.lines.filter((line) => line.includes('message ignored')).length, 4);
      await fixture.admin('DELETE', `ewons/${deviceId}`);
      await status(1, 'online');
      assert.equal(before.status, 'offline');
      assert.ok(fixture.lines.at(-1)?.includes('not linked'));
    }),
  );

  test('after a restart nobody is online until it says so; the same online message again is enough', async () => {
    const fixture = await openAccountFixture();
    const { status, deviceId } = await sender(fixture);
    await status(2, 'online');
    await fixture.account.close();
    const again = await openAccountFixture({ stateDir: fixture.stateDir });
    try {
      const shown = async () => (await again.admin('GET', 'ewons')).json[0].status;
      assert.equal(await shown(), 'offline');
      assert.deepEqual(again.broker.told, [`admit ${deviceId}`]);
      const body = { v: 1, at: '2026-03-01T12:00:00.000Z', epoch: 'e1', seq: 2, state: 'online' };
      await again.broker.send(`ewon/v1/${again.account.accountId}/${deviceId}/up/status`, {
        ...{ ...body, agent: 'a', bootId: 'b', bootCount: 1 },
      });
      assert.equal(await shown(), 'online');
    } finally {
      await again.close();
      await fixture.close();
    }
  });

  test(
    'a message below the prefix of another account changes nothing, even with an id of ours',
    onAccount(async (fixture) => {
      const { deviceId, shown } = await sender(fixture);
      const other = accountIdFrom(new Uint8Array(17).fill(9));
      const at = new Date(fixture.clock.now()).toISOString();
      const body = { v: 1, at, epoch: 'e1', seq: 1, state: 'online', agent: '0.2.0', bootId: 'b', bootCount: 1 };
      await fixture.broker.send(`ewon/v1/${other}/${deviceId}/up/status`, body);
      assert.equal((await shown()).status, 'offline');
    }),
  );

  test(
    'a device that calls every message a new epoch fills nothing: what is known goes on counting',
    onAccount(async (fixture) => {
      const { status, shown } = await sender(fixture);
      for (let n = 0; n < EPOCHS_MAX; n++) await status(1, 'online', `e${n}`);
      await status(1, 'offline', 'one too many');
      assert.ok(fixture.lines.at(-1)?.includes('too many epochs'));
      assert.equal((await shown()).status, 'online');
      await status(2, 'offline', `e${EPOCHS_MAX - 1}`);
      assert.equal((await shown()).status, 'offline');
    }),
  );
});
