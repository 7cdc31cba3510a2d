import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse } from '../src/virtual/house.ts';

type Cut = { readonly call: number; readonly cut: 'before' | 'after' };

/** All places take minutes: every one under RENEWAL_CUTS=all, each sixteenth otherwise. */
const EACH = process.env['RENEWAL_CUTS'] === 'all' ? 1 : 16;

/**
 * An Ewon that was off until its certificate had ended renews it, with the power cut at one port call and back a second later.
 * @returns the port calls from switching on to the first session with the new certificate and a minute of it
 */
async function play(power?: Cut): Promise<readonly string[]> {
  const house = await createVirtualHouse({ seed: 7 });
  const { clock } = house.board;
  const isUp = () => house.board.power.isOn() && house.agent().status().uplink.state === 'online';
  const until = async (reached: () => Promise<boolean> | boolean, what: string) => {
    for (let waitedMs = 0; !(await reached()); waitedMs += 10 * SECOND_MS) {
      assert.ok(waitedMs < HOUR_MS, `stuck: not ${what}`);
      if (!house.board.power.isOn()) await house.reboot();
      await clock.advance(10 * SECOND_MS);
    }
  };
  try {
    await house.boot();
    await house.board.slots.sd0.insert(await house.card());
    await until(async () => (await house.admin.pending()).length > 0, 'pending');
    await house.admin.approve((await house.admin.pending())[0]?.id ?? '');
    await until(isUp, 'online');
    const first = (await house.admin.ewons())[0]?.certificateSerial;
    house.board.power.cut();
    await house.accountDown();
    await clock.advance(100 * DAY_MS);
    await house.accountUp();
    if (power) house.board.faults.set({ power });
    await house.reboot();
    await until(
      async () => isUp() && (await house.admin.ewons())[0]?.certificateSerial !== first,
      'online with another certificate',
    );
    const calls = [...house.board.power.calls()];
    await clock.advance(2 * MINUTE_MS); // what is still to come shall come
    await until(async () => isUp() && (await house.admin.ewons())[0]?.status === 'online', 'online again');
    const [ewon, ...others] = await house.admin.ewons();
    assert.deepEqual([others.length, ewon?.quarantinedAt], [0, null]);
    return calls;
  } finally {
    await house.close();
  }
}

suite('power cut while the certificate is renewed', { timeoutMs: 190_000 }, (test) => {
  test('before and after each effect: always online again with a working identity, and never taken for a clone', async () => {
    const calls = await play();
    assert.ok(calls.includes('store.save') && calls.includes('uplink.open'), calls.join(' '));
    let places = 0;
    for (let call = 1; call <= calls.length; call += EACH) {
      for (const cut of ['before', 'after'] as const) {
        places += 1;
        try {
          await play({ call, cut });
        } catch (cause) {
          throw new Error(`power cut ${cut} call ${call} (${calls[call - 1]})`, { cause });
        }
      }
    }
    process.stdout.write(`power cut at ${places} places of ${2 * calls.length}\n`);
  });
});
