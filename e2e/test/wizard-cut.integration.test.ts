// test-timeout: 600 s
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse } from '../src/virtual/house.ts';

type Cut = { readonly call: number; readonly cut: 'before' | 'after' };

/** All places under WIZARD_CUTS=all; otherwise those where the account is asked and what is around them is saved. */
const IS_ALL = process.env['WIZARD_CUTS'] === 'all';
const CHOSEN: readonly string[] = ['account.request', 'store.save'];
const PASSWORD = 'tr0ub4dor & 3';

/**
 * A person has a user add this Ewon, with the power cut at one port call; he gives the wizard again when he is told to.
 * @returns the port calls from switching on to a minute of the first session
 */
async function play(power?: Cut): Promise<readonly string[]> {
  const house = await createVirtualHouse({ seed: 7 });
  const { clock } = house.board;
  const user = { login: 'ann', password: PASSWORD, groupIds: ['administrators'] };
  try {
    await house.admin.call('POST', '/api/v1/users', user);
    const { name: account } = await house.admin.call<{ name: string }>('GET', '/api/v1/account');
    const { deviceUrl: directoryUrl, ca } = house.account();
    const wizard = { account, user: 'ann', name: 'press-4' };
    let given = 0;
    const give = () => {
      given += 1;
      const requestId = `AAAAAAAAAAAAAAAAAAAAA${given}`;
      void house.agent().wizard({ requestId, account: { directoryUrl, ca }, wizard, secret: { password: PASSWORD } });
    };
    if (power) house.board.faults.set({ power });
    await house.boot();
    for (let waitedMs = 0; ; waitedMs += 10 * SECOND_MS) {
      assert.ok(waitedMs < HOUR_MS, 'stuck');
      if (!house.board.power.isOn()) await house.reboot();
      if (!house.board.power.isOn()) continue;
      const { registration, uplink } = house.agent().status();
      if (uplink.state === 'online') break;
      if (registration.state === 'unregistered') {
        assert.ok(given === 0 || power, `asked again without a cut: ${registration.last?.code}`);
        assert.ok([undefined, 'WIZARD_INTERRUPTED'].includes(registration.last?.code), registration.last?.code);
        assert.deepEqual(await house.admin.ewons(), [], 'who is told to give it again has not joined');
        give();
      }
      await clock.advance(10 * SECOND_MS);
    }
    const calls = [...house.board.power.calls()];
    await clock.advance(MINUTE_MS);
    if (!house.board.power.isOn()) await house.reboot();
    await clock.advance(MINUTE_MS);
    const [ewon, ...others] = await house.admin.ewons();
    assert.deepEqual([ewon?.name, ewon?.status, others.length], ['press-4', 'online', 0]);
    return calls;
  } finally {
    await house.close();
  }
}

suite('power cut during the wizard', { timeoutMs: 590_000 }, (test) => {
  test('before and after each effect: one Ewon under that name, online, whether the answer was lost or the question', async () => {
    const calls = await play();
    assert.ok(calls.includes('account.request') && calls.includes('store.save'), calls.join(' '));
    const places = calls.flatMap((did, at) => (IS_ALL || CHOSEN.includes(did) ? [at + 1] : []));
    for (const call of places)
      for (const cut of ['before', 'after'] as const)
        await play({ call, cut }).catch((cause: unknown) => {
          throw new Error(`cut ${cut} ${calls[call - 1]} (${call}): ${cause}`, { cause });
        });
  });

  test('the account is not reached at first: the person is told, gives it again, and it is one Ewon', async () => {
    const house = await createVirtualHouse({ seed: 9 });
    try {
      await house.admin.call('POST', '/api/v1/users', {
        login: 'ann',
        password: PASSWORD,
        groupIds: ['administrators'],
      });
      const { name } = await house.admin.call<{ name: string }>('GET', '/api/v1/account');
      const { deviceUrl: directoryUrl, ca } = house.account();
      await house.boot();
      const wizard = { account: name, user: 'ann', name: 'press-4' };
      const give = (requestId: string) =>
        house.agent().wizard({ requestId, account: { directoryUrl, ca }, wizard, secret: { password: PASSWORD } });
      await house.accountDown();
      const first = await give('A'.repeat(22));
      assert.equal(first.ok ? 'joined' : first.fault.code, 'ACCOUNT_UNREACHABLE');
      assert.equal(house.agent().status().registration.state, 'joining');
      await house.accountUp();
      const second = await give('B'.repeat(22));
      assert.deepEqual(second, { ok: true, value: { account: name, name: 'press-4', pool: 'Default' } });
      const third = await give('C'.repeat(22));
      assert.equal(third.ok ? 'joined' : third.fault.code, 'WIZARD_LINKED');
      assert.equal((await house.admin.ewons()).length, 1);
    } finally {
      await house.close();
    }
  });
});
