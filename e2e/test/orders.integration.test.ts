// test-timeout: 240 s
import type { CommandView, PolicyView } from '@ewon-agent/account/http/views';
import { type CommandId, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

// What the account orders, told with the real account and the real agent in virtual time.

/** Tells a story in a house whose Ewon is linked and online. */
function online(story: (house: VirtualHouse) => Promise<void>) {
  return async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      await house.board.slots.sd0.insert(await house.card());
      await until(house, 'pending', () => house.agent().status().registration.state === 'pending');
      await house.admin.approve((await house.admin.pending())[0]?.id ?? '');
      await isOnline(house);
      await story(house);
    } finally {
      await house.close();
    }
  };
}

const until = (house: VirtualHouse, what: string, is: () => boolean, withinMs = 30 * SECOND_MS) =>
  house.board.clock.advanceUntil(is, { what, withinMs });
const isOnline = (house: VirtualHouse) =>
  until(house, 'online', () => house.agent().status().uplink.state === 'online', 5 * MINUTE_MS);
const setPolicy = (house: VirtualHouse, change: object) =>
  house.admin.call<PolicyView>('PUT', '/api/v1/policy', change);

async function addressOf(house: VirtualHouse) {
  const [ewon] = await house.admin.ewons();
  if (!ewon) throw new Error('this is a bug of the test: no Ewon');
  return { accountId: house.account().accountId, deviceId: ewon.deviceId };
}

async function send(house: VirtualHouse, name: string, more: object = {}): Promise<CommandId> {
  const { deviceId } = await addressOf(house);
  const order = { name, ...more };
  return (await house.admin.call<CommandView>('POST', `/api/v1/ewons/${deviceId}/commands`, order)).id;
}

const show = (house: VirtualHouse, id: CommandId) => house.admin.call<CommandView>('GET', `/api/v1/commands/${id}`);

/** Waits until a command is at its end. */
async function ended(house: VirtualHouse, id: CommandId, withinMs = 10 * MINUTE_MS): Promise<CommandView> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += SECOND_MS) {
    const shown = await show(house, id);
    if (shown.state === 'successful' || shown.state === 'failed') return shown;
    await house.board.clock.advance(SECOND_MS);
  }
  throw new Error(`still ${JSON.stringify(await show(house, id))}`);
}

suite('policy of the account', { timeoutMs: 60_000 }, (test) => {
  test(
    'it comes with the approval, a change reaches the Ewon at once, and an Ewon that was away when it comes back',
    online(async (house) => {
      const first = house.agent().policy();
      assert.deepEqual([first.decisions.geolocation.on, first.decisions.remoteManagement.by], [true, 'account']);
      const window = { days: ['sat', 'sun'], from: '02:00', to: '04:00', zone: 'UTC' };
      const set = await setPolicy(house, { geolocation: false, window });
      await house.board.clock.settle();
      const now = house.agent().policy();
      assert.equal(now.version, set.version);
      assert.deepEqual(now.decisions.geolocation, {
        on: false,
        by: 'account',
        why: `policy ${set.version} of the account`,
      });
      assert.deepEqual(now.window, { ...window, openNow: false });

      house.board.power.cut();
      await setPolicy(house, { geolocation: true });
      await house.accountDown();
      await house.reboot();
      assert.equal(house.agent().policy().decisions.geolocation.on, false, 'what was saved counts until then');
      await house.accountUp();
      await until(house, 'the new one', () => house.agent().policy().decisions.geolocation.on, 10 * MINUTE_MS);
    }),
  );
});

suite('commands of the account', { timeoutMs: 120_000 }, (test) => {
  test(
    'status, diag and rescan answer; the broker keeps nothing of them afterwards',
    online(async (house) => {
      const status = await ended(house, await send(house, 'status'));
      assert.equal(status.state, 'successful', JSON.stringify(status));
      const told = status.result?.['status'] as { registration: { state: string } };
      assert.equal(told.registration.state, 'registered');
      for (const name of ['diag', 'rescan'])
        assert.equal((await ended(house, await send(house, name))).state, 'successful');
      await house.board.clock.settle();
      const kept = [...house.broker.retained.keys()].filter((topic) => topic.includes('/cmd/'));
      assert.deepEqual(kept, []);
    }),
  );

  test(
    'identify blinks for as long as was asked, and then shows what it showed',
    online(async (house) => {
      const before = house.board.led.shown.pattern;
      const id = await send(house, 'identify', { arguments: { seconds: 20 } });
      await until(house, 'identify', () => house.board.led.shown.pattern === 'identify');
      const { sinceMs } = house.board.led.shown;
      assert.equal((await ended(house, id)).state, 'successful');
      assert.equal(house.board.led.shown.pattern, before);
      assert.equal(house.board.led.shown.sinceMs - sinceMs, 20 * SECOND_MS);
    }),
  );

  test(
    'reboot: the board starts anew, and then it was successful',
    online(async (house) => {
      const id = await send(house, 'reboot');
      await until(house, 'the order', () => house.board.restart.rebootsOrdered === 1);
      assert.equal((await show(house, id)).state, 'executing');
      await house.reboot();
      await isOnline(house);
      assert.equal((await ended(house, id)).state, 'successful');
      assert.equal(house.board.restart.rebootsOrdered, 1);
    }),
  );

  test(
    'forget: the Ewon is unlinked on both sides, and the command was successful',
    online(async (house) => {
      const id = await send(house, 'forget');
      assert.equal((await ended(house, id)).state, 'successful');
      await until(house, 'unregistered', () => house.agent().status().registration.state === 'unregistered');
      assert.equal((await house.admin.ewons())[0]?.link, 'unlinked');
      assert.deepEqual([...house.broker.retained.keys()], []);
    }),
  );
});
