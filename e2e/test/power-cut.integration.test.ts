// test-timeout: 600 s
import { MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse } from '../src/virtual/house.ts';

type Cut = { readonly call: number; readonly cut: 'before' | 'after' };

/**
 * Plays the main job, with the power cut at one port call and back a second later.
 * @returns the port calls that were made up to the cut, or in all when there was none
 */
async function play(power?: Cut): Promise<readonly string[]> {
  const house = await createVirtualHouse({ seed: 7, ...(power ? { faults: { power } } : {}) });
  const { clock } = house.board;
  const state = () => house.agent().status().registration.state;
  const backOn = async () => {
    if (house.board.power.isOn()) return;
    await clock.advance(SECOND_MS);
    await house.reboot();
  };
  const until = async (reached: () => Promise<boolean>, what: string) => {
    for (let waitedMs = 0; !(await reached()); waitedMs += SECOND_MS) {
      assert.ok(waitedMs < 20 * MINUTE_MS, `stuck: not ${what}`);
      await backOn();
      await clock.advance(SECOND_MS);
    }
  };
  try {
    await house.boot();
    await house.board.slots.sd0.insert(await house.card()); // the card stays in, as it does when a cabinet is switched off
    await until(async () => (await house.admin.pending()).length > 0, 'pending');
    const pending = await house.admin.pending();
    assert.equal(pending.length, 1, 'two registrations');
    await house.admin.approve(pending[0]?.id ?? '');
    await until(
      async () =>
        house.board.power.isOn() && state() === 'registered' && house.agent().status().uplink.state === 'online',
      'online',
    );
    await clock.settle();
    const calls = house.board.power.calls();
    await clock.advance(MINUTE_MS); // what is still to come shall come
    await backOn();
    await until(async () => (await house.admin.ewons())[0]?.status === 'online', 'seen online');
    const ewons = await house.admin.ewons();
    assert.deepEqual([ewons.length, (await house.admin.pending()).length], [1, 0], 'exactly one registration');
    assert.equal(house.agent().status().registration.deviceId, ewons[0]?.deviceId);
    return calls;
  } finally {
    await house.close();
  }
}

suite('power cut', { timeoutMs: 570_000 }, (test) => {
  test('before and after every single effect of the main job: always exactly one registration, never two, never stuck', async () => {
    const calls = await play();
    assert.ok(
      calls.includes('store.save') && calls.includes('account.request') && calls.includes('uplink.open'),
      calls.join(' '),
    );
    for (const [index, name] of calls.entries()) {
      for (const cut of ['before', 'after'] as const) {
        try {
          await play({ call: index + 1, cut });
        } catch (cause) {
          throw new Error(`power cut ${cut} call ${index + 1} (${name})`, { cause });
        }
      }
    }
    process.stdout.write(`power cut at ${2 * calls.length} places: ${calls.length} calls, before and after each\n`);
  });
});
