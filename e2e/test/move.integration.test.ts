// test-timeout: 600 s
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountKeyView, CommandView } from '@ewon-agent/account/http/views';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createAccountBeside } from '../src/virtual/account-beside.ts';
import { createExpectingAccount, type ExpectingAccount } from '../src/virtual/expecting-account.ts';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

// An Ewon is ordered to another account: the real account it is in, the real agent, and what an Ewon meets of the other one.

type Place = { readonly house: VirtualHouse; readonly other: ExpectingAccount };

/** Tells a story of an Ewon that is linked and online, with another account beside its own. */
async function withEwon<T>(story: (place: Place) => Promise<T>): Promise<T> {
  const house = await createVirtualHouse({ seed: 7 });
  const dir = mkdtempSync(join(tmpdir(), 'expecting-'));
  try {
    const { clock } = house.board;
    const other = await createExpectingAccount(dir, { random: house.board.ports.random, now: clock.now });
    house.besides(other);
    await house.boot();
    await house.board.slots.sd0.insert(await house.card());
    await until(house, 'pending', () => house.agent().status().registration.state === 'pending');
    await house.admin.approve((await house.admin.pending())[0]?.id ?? '');
    await until(house, 'online', () => house.agent().status().uplink.state === 'online');
    return await story({ house, other });
  } finally {
    await house.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const until = (house: VirtualHouse, what: string, is: () => boolean, withinMs = 10 * MINUTE_MS) =>
  house.board.clock.advanceUntil(is, { what, withinMs });
const registrationOf = (house: VirtualHouse) => house.agent().status().registration;
const isThere = (house: VirtualHouse) =>
  registrationOf(house).account === 'Globex' && house.agent().status().uplink.state === 'online';
/** Nobody is to be told anything any more. */
const isSettled = (house: VirtualHouse) => isThere(house) && registrationOf(house).former === undefined;
const moves = (house: VirtualHouse) => house.events().flatMap(({ code }) => (code.startsWith('MOVE') ? [code] : []));
const show = (house: VirtualHouse, { id }: CommandView) =>
  house.admin.call<CommandView>('GET', `/api/v1/commands/${id}`);

async function order({ house, other }: Place, change: object = {}): Promise<CommandView> {
  const [ewon] = await house.admin.ewons();
  const command = { name: 'move', arguments: other.arguments, ...change };
  return house.admin.call<CommandView>('POST', `/api/v1/ewons/${ewon?.deviceId}/commands`, command);
}

suite('ordered to another account', { timeoutMs: 590_000 }, (test) => {
  const moved = ['MOVE_SENT', 'MOVED', 'MOVE_TOLD'];

  test('it goes online there with all that was granted, and the account it was in knows', () =>
    withEwon(async (place) => {
      const { house, other } = place;
      const command = await order(place);
      await until(house, 'there', () => isSettled(house));
      const { state, result } = await show(house, command);
      assert.deepEqual([state, result?.['accountName']], ['successful', 'Globex']);
      assert.equal((await house.admin.ewons())[0]?.link, 'unlinked');
      assert.deepEqual([house.connected(), other.sessions, [...house.broker.retained.keys()]], [[], 1, []]);
      assert.deepEqual(
        [...other.letIn.values()].map((asked) => asked.length),
        [1],
      );
      const { geolocation } = house.agent().policy().decisions;
      assert.equal(geolocation.why, 'policy 3 of the account', 'that came with the grant');
      assert.ok(other.events.includes('MOVED') && other.events.includes('MOVE_TOLD'), other.events.join());
      // what was for the account before is not told there, and the other way round
      assert.ok(!other.events.includes('MOVE_SENT') && !other.events.includes('REGISTERED'), other.events.join());
      const told = (await house.admin.log()).map(({ code }) => code);
      assert.ok(told.includes('MOVE_SENT') && !told.includes('MOVED'), told.join());
      assert.deepEqual(moves(house), moved);
    }));

  test('an answer that was lost is given again under the same id: one Ewon there', () =>
    withEwon(async (place) => {
      const { house, other } = place;
      other.set('mislays');
      await order(place);
      await until(house, 'there', () => isSettled(house));
      const [asked = [], ...others] = other.letIn.values();
      assert.deepEqual([asked.length, new Set(asked).size, others.length, other.sessions], [2, 1, 0, 1]);
    }));

  test('the other account is away: the Ewon stays online where it is, also when it is started anew, and goes when that is back', () =>
    withEwon(async (place) => {
      const { house, other } = place;
      other.set('is away');
      const command = await order(place);
      await house.board.clock.advance(10 * MINUTE_MS);
      await house.reboot();
      await until(house, 'online', () => house.agent().status().uplink.state === 'online');
      const { account, moving } = registrationOf(house);
      assert.deepEqual([account, moving?.account, moving?.last?.code], ['My account', 'Globex', 'ACCOUNT_UNREACHABLE']);
      assert.equal((await show(house, command)).state, 'executing');
      other.set('grants');
      await until(house, 'there', () => isSettled(house));
      assert.equal((await show(house, command)).state, 'successful');
      assert.ok(house.events().filter(({ code }) => code === 'ACCOUNT_UNREACHABLE').length <= 2, 'once each start');
    }));

  for (const [answers, code] of [
    ['knows nothing', 'MOVE_UNKNOWN'],
    ['has another key', 'MOVE_FOREIGN'],
    ['is away', 'ACCOUNT_UNREACHABLE'],
  ] as const)
    test(`the other account ${answers}: the command has failed with ${code}, and nothing is lost`, () =>
      withEwon(async (place) => {
        const { house, other } = place;
        other.set(answers);
        const before = house.agent().status();
        const command = await order(place, { validSeconds: 900 });
        await house.board.clock.advance(15 * MINUTE_MS);
        const { state, reason } = await show(house, command);
        assert.deepEqual([state, reason], ['failed', code]);
        const { registration, uplink } = house.agent().status();
        assert.deepEqual([registration, uplink], [before.registration, before.uplink]);
        const [ewon] = await house.admin.ewons();
        assert.deepEqual([ewon?.link, ewon?.status, other.sessions], ['linked', 'online', 0]);
      }));

  test('the account it was in is away when it has moved: it is told when that is back, over a start of the agent', () =>
    withEwon(async (place) => {
      const { house, other } = place;
      other.whenLetIn(() => void house.accountDown());
      await order(place);
      await until(house, 'there', () => isThere(house));
      await house.board.clock.advance(20 * MINUTE_MS);
      await house.reboot();
      await until(house, 'there again', () => isThere(house));
      const { former } = registrationOf(house);
      assert.deepEqual([former?.account, former?.last?.code], ['My account', 'ACCOUNT_UNREACHABLE']);
      await house.accountUp();
      await until(house, 'told', () => isSettled(house), HOUR_MS);
      assert.equal((await house.admin.ewons())[0]?.link, 'unlinked');
      assert.deepEqual(moves(house), ['MOVE_SENT', 'MOVED', 'MOVE_UNTOLD', 'MOVE_UNTOLD', 'MOVE_TOLD']);
    }));

  test("removed where it was, on its way: it still goes, and is nobody's when the other account says no", () =>
    withEwon(async (place) => {
      const { house, other } = place;
      other.set('is away');
      await order(place);
      const [ewon] = await house.admin.ewons();
      await house.admin.call('DELETE', `/api/v1/ewons/${ewon?.deviceId}`);
      await house.board.clock.advance(10 * MINUTE_MS);
      assert.deepEqual([registrationOf(house).state, registrationOf(house).moving?.account], ['registered', 'Globex']);
      other.set('knows nothing');
      await until(house, 'unregistered', () => registrationOf(house).state === 'unregistered', HOUR_MS);
      assert.equal(registrationOf(house).last?.code, 'UNLINKED');
    }));
});

suite('ordered to another real account', { timeoutMs: 590_000 }, (test) => {
  test('one that does not expect it says so, whatever its release: the Ewon stays', () =>
    withEwon(async ({ house, other }) => {
      const dir = mkdtempSync(join(tmpdir(), 'beside-'));
      const beside = await createAccountBeside(house.board, dir);
      try {
        house.besides(beside);
        await house.reboot();
        await until(house, 'online', () => house.agent().status().uplink.state === 'online');
        const { accountId, deviceUrl: directoryUrl, ca } = beside.account;
        const [key] = await beside.admin.call<readonly AccountKeyView[]>('GET', '/api/v1/account-keys');
        const given = { ...other.arguments, directoryUrl, ca, accountId, accountKey: `${key?.publicKey}` };
        const command = await order({ house, other }, { arguments: given });
        await house.board.clock.advance(MINUTE_MS);
        const { state, reason } = await show(house, command);
        assert.equal(state, 'failed');
        assert.ok(['MOVE_UNKNOWN', 'NOT_FOUND'].includes(reason ?? ''), reason ?? ''); // NOT_FOUND: of an older release
        assert.deepEqual([(await house.admin.ewons())[0]?.status, await beside.admin.ewons()], ['online', []]);
        assert.deepEqual(beside.connected(), []);
      } finally {
        await beside.close();
        rmSync(dir, { recursive: true, force: true });
      }
    }));
});

type Cut = { readonly call: number; readonly cut: 'before' | 'after' };
/** All places under MOVE_CUTS=all; otherwise those where an account is asked or something is saved. */
const IS_ALL = process.env['MOVE_CUTS'] === 'all';
const CHOSEN: readonly string[] = ['account.request', 'store.save'];

/**
 * A move with the power cut at one port call after the order, and back within seconds.
 * @returns the port calls from the order to the end
 */
function play(power?: Cut): Promise<readonly string[]> {
  return withEwon(async (place) => {
    const { house, other } = place;
    const before = house.board.power.calls().length;
    if (power) house.board.faults.set({ power: { ...power, call: before + power.call } });
    const command = await order(place);
    for (let waitedMs = 0; !(house.board.power.isOn() && isSettled(house)); waitedMs += 5 * SECOND_MS) {
      assert.ok(
        waitedMs < HOUR_MS,
        `stuck: ${house.board.power.isOn() ? JSON.stringify(registrationOf(house)) : 'off'}`,
      );
      if (!house.board.power.isOn()) await house.reboot();
      await house.board.clock.advance(5 * SECOND_MS);
    }
    const calls = house.board.power.calls().slice(before); // of the last start, where the power was cut
    await house.board.clock.advance(MINUTE_MS);
    const [ewon, ...others] = await house.admin.ewons();
    assert.deepEqual([ewon?.link, others.length, house.connected()], ['unlinked', 0, []]);
    assert.deepEqual([other.letIn.size, other.sessions], [1, 1]);
    assert.equal(new Set([...other.letIn.values()].flat()).size, 1, 'asked under one id');
    assert.ok(other.events.includes('MOVED'), other.events.join());
    assert.ok(!other.events.includes('MOVE_SENT'), other.events.join());
    const told = (await house.admin.log()).map(({ code }) => code);
    assert.ok(!told.includes('MOVED'), told.join());
    assert.ok(['successful', 'failed'].includes((await show(house, command)).state));
    return calls;
  });
}

suite('power cut during a move', { timeoutMs: 590_000 }, (test) => {
  test('before and after each effect: one Ewon, in the other account, online there and gone from the old one', async () => {
    const calls = await play();
    assert.ok(calls.includes('account.request') && calls.includes('uplink.open'), calls.join(' '));
    const places = calls.flatMap((did, at) => (IS_ALL || CHOSEN.includes(did) ? [at + 1] : []));
    for (const call of places)
      for (const cut of ['before', 'after'] as const)
        await play({ call, cut }).catch((cause: unknown) => {
          throw new Error(`cut ${cut} ${calls[call - 1]} (${call} of ${calls.length}): ${cause}`, { cause });
        });
  });
});
