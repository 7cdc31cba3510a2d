import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

/** Runs a story on a house whose Ewon is registered and online. */
function onRegistered(story: (house: VirtualHouse) => Promise<void>): () => Promise<void> {
  return async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      await house.board.slots.sd0.insert(await house.card());
      await until(house, 'pending', () => house.agent().status().registration.state === 'pending');
      const [waiting] = await house.admin.pending();
      await house.admin.approve(waiting?.id ?? '');
      await isOnline(house);
      await story(house);
    } finally {
      await house.close();
    }
  };
}

async function until(house: VirtualHouse, what: string, reached: () => boolean, withinMs = 10 * MINUTE_MS) {
  await house.board.clock.advanceUntil(reached, { what, withinMs });
}

async function isOnline(house: VirtualHouse, withinMs = 10 * MINUTE_MS): Promise<void> {
  await until(house, 'online', () => house.agent().status().uplink.state === 'online', withinMs);
  await house.board.clock.settle();
}

/** Passes time with the board switched off; the account as well, whose upkeep of years would take minutes. */
async function off(house: VirtualHouse, forMs: number): Promise<void> {
  house.board.power.cut();
  await house.accountDown();
  await house.board.clock.advance(forMs);
  await house.accountUp();
  await house.reboot();
}

const serialOf = async (house: VirtualHouse) => (await house.admin.ewons())[0]?.certificateSerial;
const renewals = (house: VirtualHouse) => house.events().filter(({ code }) => code === 'CERTIFICATE_RENEWED').length;

suite('an identity for life', { timeoutMs: 110_000 }, (test) => {
  test(
    'the certificate of 90 days is renewed on the 60th, once, and the account gives up the old one',
    onRegistered(async (house) => {
      const first = await serialOf(house);
      await off(house, 59 * DAY_MS);
      await isOnline(house);
      assert.equal(await serialOf(house), first);
      await house.board.clock.advance(3 * DAY_MS);
      await house.board.clock.settle();
      const second = await serialOf(house);
      assert.notEqual(second, first);
      assert.equal(renewals(house), 1);
      assert.equal(house.agent().status().uplink.state, 'online');
    }),
  );

  test(
    'switched off for 400 days: it renews its expired certificate over HTTPS and is online',
    onRegistered(async (house) => {
      const first = await serialOf(house);
      await off(house, 400 * DAY_MS);
      await isOnline(house);
      assert.notEqual(await serialOf(house), first);
      assert.equal(renewals(house), 1);
    }),
  );

  test(
    'switched off for three years: a person decides, and then it goes online by itself',
    onRegistered(async (house) => {
      await off(house, 3 * 365 * DAY_MS);
      await until(house, 'told', () => house.agent().status().registration.last?.code === 'RENEWAL_PENDING');
      const [ewon] = await house.admin.ewons();
      assert.ok(ewon?.renewalAskedAt, 'the account shows that it asks');
      assert.equal(house.agent().status().uplink.state, 'waiting');
      await house.admin.call('POST', `/api/v1/ewons/${ewon?.deviceId}/renew`);
      await isOnline(house, 30 * MINUTE_MS);
      assert.equal((await house.admin.ewons())[0]?.renewalAskedAt, null);
    }),
  );

  test(
    'the account is away on the 60th day: the certificate is renewed when it is back, and nothing was lost',
    onRegistered(async (house) => {
      const first = await serialOf(house);
      await off(house, 59 * DAY_MS);
      await isOnline(house);
      await house.accountDown();
      await house.board.clock.advance(5 * DAY_MS);
      await house.accountUp();
      await house.board.clock.advance(2 * HOUR_MS);
      await house.board.clock.settle();
      assert.notEqual(await serialOf(house), first);
      assert.equal(house.agent().status().uplink.state, 'online');
    }),
  );

  test(
    'the clock of the board starts in 1970: neither a renewal nor a certificate thrown away; and renewed when it was due',
    onRegistered(async (house) => {
      const first = await serialOf(house);
      house.board.faults.set({ wallClock: 'lost' });
      await off(house, DAY_MS);
      await isOnline(house);
      await house.board.clock.advance(3 * HOUR_MS);
      assert.deepEqual([await serialOf(house), renewals(house)], [first, 0]);
      await off(house, 400 * DAY_MS);
      await isOnline(house, 30 * MINUTE_MS);
      assert.notEqual(await serialOf(house), first, 'by the time that the account tells');
    }),
  );

  test(
    'the state of a board is restored from a backup: quarantined on both sides, and online again after the release',
    onRegistered(async (house) => {
      const { deviceId } = (await house.admin.ewons())[0] ?? {};
      const restore = house.backUp();
      await house.reboot();
      await isOnline(house);
      await restore();
      await until(house, 'told', () => house.agent().status().registration.last?.code === 'IDENTITY_QUARANTINED');
      assert.deepEqual(house.connected(), []);
      assert.ok((await house.admin.ewons())[0]?.quarantinedAt);
      assert.equal(house.agent().status().led, 'cardFailed');
      await house.board.clock.advance(HOUR_MS);
      assert.deepEqual(house.connected(), [], 'nobody lets it in by itself');
      await house.admin.call('POST', `/api/v1/ewons/${deviceId}/release`);
      await isOnline(house);
      await house.board.clock.advance(2 * MINUTE_MS);
      assert.equal(house.agent().status().registration.last, undefined);
      assert.equal((await house.admin.ewons())[0]?.status, 'online');
      await off(house, SECOND_MS);
      await isOnline(house);
      assert.equal((await house.admin.ewons())[0]?.quarantinedAt, null, 'an ordinary start is no suspicion');
    }),
  );
});
