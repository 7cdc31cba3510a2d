import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

/** A house whose Ewon is registered and online. */
async function registeredHouse(): Promise<VirtualHouse> {
  const house = await createVirtualHouse();
  await house.boot();
  await house.board.slots.sd0.insert(await house.card());
  await isPending(house);
  await approveOnly(house);
  await isOnline(house);
  return house;
}

async function isPending(house: VirtualHouse, withinMs = 5 * SECOND_MS): Promise<void> {
  await house.board.clock.advanceUntil(() => house.agent().status().registration.state === 'pending', {
    what: 'pending',
    withinMs,
  });
}

async function isOnline(house: VirtualHouse, withinMs = 5 * SECOND_MS): Promise<void> {
  await house.board.clock.advanceUntil(() => house.agent().status().uplink.state === 'online', {
    what: 'online',
    withinMs,
  });
}

async function approveOnly(house: VirtualHouse): Promise<void> {
  const pending = await house.admin.pending();
  assert.equal(pending.length, 1, 'exactly one waits');
  await house.admin.approve(pending[0]?.id ?? '');
}

suite('stories of the main job', { timeoutMs: 180_000 }, (test) => {
  test('card in, pending, approved, online: the LED goes from orange to green, and the account sees it online', async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      await house.board.slots.sd0.insert(await house.card('line 4, press'));
      await isPending(house);
      const [waiting] = await house.admin.pending();
      assert.equal(waiting?.note, 'line 4, press');
      assert.equal(
        waiting?.fingerprint,
        house.agent().status().fingerprint,
        'console and page show the same fingerprint',
      );
      assert.equal(house.board.led.shown.pattern, 'cardOk');
      await approveOnly(house);
      await isOnline(house);
      await house.board.clock.settle();
      const [ewon] = await house.admin.ewons();
      assert.deepEqual([ewon?.status, ewon?.serial, ewon?.inventory?.model], ['online', '1524-0071-21', 'Flexy 203']);
      const told = (await house.admin.log()).map(({ event }) => event).join('\n');
      assert.match(told, /approved/i);
    } finally {
      await house.close();
    }
  });

  test('the account is gone for 24 hours and comes back: pending without a person', async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      const card = await house.card();
      await house.accountDown();
      await house.board.slots.sd0.insert(card);
      await house.board.clock.advance(MINUTE_MS);
      assert.equal(house.agent().status().registration.last?.code, 'ACCOUNT_UNREACHABLE');
      assert.equal(house.board.led.shown.pattern, 'cardOk', 'the card was taken and may be pulled');
      await house.board.slots.sd0.remove();
      await house.board.clock.advance(24 * HOUR_MS);
      await house.accountUp();
      await isPending(house, 10 * MINUTE_MS);
      assert.equal((await house.admin.pending()).length, 1);
    } finally {
      await house.close();
    }
  });

  test("the device forgets, then the card again: pending with replace proposed, and the old Ewon's properties move", async () => {
    const house = await registeredHouse();
    try {
      const [old] = await house.admin.ewons();
      await house.agent().forget();
      await house.board.clock.advanceUntil(() => house.agent().status().registration.state === 'unregistered', {
        what: 'forgotten',
        withinMs: MINUTE_MS,
      });
      assert.deepEqual(house.connected(), []);
      await house.board.slots.sd0.remove();
      await house.board.slots.sd0.insert(await house.card());
      await isPending(house);
      assert.equal(house.agent().status().registration.last?.code, 'REPLACE_PROPOSED');
      const [waiting] = await house.admin.pending();
      assert.equal(waiting?.replaces, old?.deviceId);
      await house.admin.call('POST', `/api/v1/registrations/${waiting?.id}/replace`, { deviceId: old?.deviceId });
      await isOnline(house);
      const ewons = await house.admin.ewons();
      assert.deepEqual(
        ewons.map(({ name }) => name),
        [old?.name],
        'one Ewon, under the old name',
      );
      assert.notEqual(ewons[0]?.deviceId, old?.deviceId);
    } finally {
      await house.close();
    }
  });

  test('the account removes the Ewon: the agent watches cards again, and a card registers it anew', async () => {
    const house = await registeredHouse();
    try {
      const [ewon] = await house.admin.ewons();
      await house.admin.call('DELETE', `/api/v1/ewons/${ewon?.deviceId}`);
      await house.board.clock.advanceUntil(() => house.agent().status().registration.state === 'unregistered', {
        what: 'unlinked',
        withinMs: 10 * MINUTE_MS,
      });
      assert.equal(house.agent().status().registration.last?.code, 'UNLINKED');
      await house.board.slots.sd0.remove();
      await house.board.slots.sd0.insert(await house.card());
      await isPending(house);
      await approveOnly(house);
      await isOnline(house);
    } finally {
      await house.close();
    }
  });

  test('the key is renewed while pending: void, said on both sides', async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      await house.board.slots.sd0.insert(await house.card());
      await isPending(house);
      await house.admin.call('POST', '/api/v1/grks/renew', {});
      await house.board.clock.advanceUntil(() => house.agent().status().registration.state === 'unregistered', {
        what: 'void',
        withinMs: MINUTE_MS,
      });
      assert.equal(house.agent().status().registration.last?.code, 'VOID');
      assert.equal(house.board.led.shown.pattern, 'cardFailed');
      assert.deepEqual(await house.admin.pending(), []);
      assert.match((await house.admin.log()).map(({ event }) => event).join('\n'), /void/i);
    } finally {
      await house.close();
    }
  });

  test('nobody decides for 30 days: the request expires, and the card asks again', async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      await house.board.slots.sd0.insert(await house.card());
      await isPending(house);
      house.board.power.cut();
      await house.board.clock.advance(31 * DAY_MS);
      await house.board.slots.sd0.remove();
      await house.reboot();
      await house.board.clock.advanceUntil(() => house.agent().status().registration.state === 'unregistered', {
        what: 'expired',
        withinMs: 10 * MINUTE_MS,
      });
      assert.equal(house.agent().status().registration.last?.code, 'PENDING_EXPIRED');
    } finally {
      await house.close();
    }
  });

  test('a linked Ewon ignores another card and names its account', async () => {
    const house = await registeredHouse();
    try {
      await house.board.slots.usb1.insert(await house.card('another'));
      await house.board.clock.settle();
      const usb = house
        .agent()
        .status()
        .slots.find(({ slot }) => slot === 'usb1');
      assert.equal(usb?.code, 'CARD_IGNORED_LINKED');
      assert.match(usb?.detail ?? '', /My account/);
      assert.deepEqual(await house.admin.pending(), []);
    } finally {
      await house.close();
    }
  });

  test('a power cut while linked: online again by itself, and the account saw it go and come', async () => {
    const house = await registeredHouse();
    try {
      house.board.power.cut();
      await house.board.clock.settle();
      assert.equal((await house.admin.ewons())[0]?.status, 'offline', 'the will was published');
      await house.reboot();
      await isOnline(house);
      assert.equal((await house.admin.ewons())[0]?.status, 'online');
      assert.equal(house.agent().status().startCount, 2);
    } finally {
      await house.close();
    }
  });
});
