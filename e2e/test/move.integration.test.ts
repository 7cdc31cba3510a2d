// test-timeout: 600 s
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountKeyView, CommandView, LogLineView } from '@ewon-agent/account/http/views';
import { HOUR_MS, MINUTE_MS } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createAccountBeside } from '../src/virtual/account-beside.ts';
import { createExpectingAccount, type ExpectingAccount } from '../src/virtual/expecting-account.ts';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

// An Ewon is ordered to another account: the real account it is in, the real agent, and what an Ewon meets of the other one.

const USER = { login: 'ann', password: 'tr0ub4dor & 3' };

type Place = { readonly house: VirtualHouse; readonly other: ExpectingAccount };

/** Tells a story of an Ewon that is linked and online, with another account beside its own. */
async function withEwon<T>(story: (place: Place) => Promise<T>): Promise<T> {
  const house = await createVirtualHouse({ seed: 7 });
  const dir = mkdtempSync(join(tmpdir(), 'expecting-'));
  try {
    const { clock } = house.board;
    const other = await createExpectingAccount(dir, { random: house.board.ports.random, now: clock.now });
    house.besides(other);
    await house.admin.call('POST', '/api/v1/users', { ...USER, groupIds: ['administrators'] });
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
/** How the one order stands, as the account it was given by knows it. */
async function show(house: VirtualHouse): Promise<CommandView> {
  const [command] = await house.admin.call<readonly CommandView[]>('GET', '/api/v1/commands');
  return house.admin.call('GET', `/api/v1/commands/${command?.id}`);
}
const isGone = async (house: VirtualHouse) => (await house.admin.ewons()).every(({ link }) => link === 'unlinked');

/**
 * Orders as the account does that it is to go to: with the right of an Administrator, and the key of the Ewon.
 * @returns what takes the order back
 */
async function order({ house, other }: Place, given = other.arguments): Promise<() => Promise<unknown>> {
  const ask = async (method: 'GET' | 'POST', path: string, right: string, payload?: object) => {
    const { adminApp } = house.account();
    const headers = { authorization: `Bearer ${right}` };
    const url = `/api/v1/handover${path}`;
    const answer = await adminApp.inject({ method, url, headers, ...(payload && { payload }) });
    return { status: answer.statusCode, json: answer.json() };
  };
  const claim = await ask('POST', '', '', USER);
  const { right } = claim.json;
  const { movable } = (await ask('GET', '/ewons', right)).json;
  const keys = movable.map(({ jwk }: { jwk: { x: string } }) => jwk.x);
  const ordered = await ask('POST', '/moves', right, { ...given, keys });
  assert.deepEqual(ordered.json, [{ key: keys[0], state: 'ordered', reason: null }]);
  return () => ask('POST', '/news', right, { arrived: [], withdrawn: keys });
}

/** What an Ewon tells once it is in the other account. */
const isOfTheOther = ({ event }: LogLineView) => event.includes('in account Globex, from account');

suite('ordered to another account', { timeoutMs: 590_000 }, (test) => {
  const moved = ['MOVE_SENT', 'MOVED', 'MOVE_TOLD'];

  test('it goes online there with all that was granted, and the account it was in knows', () =>
    withEwon(async (place) => {
      const { house, other } = place;
      await order(place);
      await until(house, 'there', () => isSettled(house));
      const { state, result } = await show(house);
      assert.deepEqual([state, result?.['accountName']], ['successful', 'Globex']);
      assert.ok(await isGone(house));
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
      const log = await house.admin.log();
      assert.ok(log.some(({ code }) => code === 'MOVE_SENT') && !log.some(isOfTheOther), JSON.stringify(log));
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
      await order(place);
      await house.board.clock.advance(10 * MINUTE_MS);
      await house.reboot();
      await until(house, 'online', () => house.agent().status().uplink.state === 'online');
      const { account, moving } = registrationOf(house);
      assert.deepEqual([account, moving?.account, moving?.last?.code], ['My account', 'Globex', 'ACCOUNT_UNREACHABLE']);
      assert.equal((await show(house)).state, 'executing');
      other.set('grants');
      await until(house, 'there', () => isSettled(house));
      assert.equal((await show(house)).state, 'successful');
      assert.ok(house.events().filter(({ code }) => code === 'ACCOUNT_UNREACHABLE').length <= 2, 'once each start');
    }));

  test('ordered to where nobody answers, taken back and ordered again: the second order counts', () =>
    withEwon(async (place) => {
      const { house, other } = place;
      other.set('is away');
      const takeBack = await order(place);
      await until(house, 'in vain', () => registrationOf(house).moving?.last !== undefined);
      await takeBack();
      await order(place);
      await until(house, 'superseded', () => moves(house).includes('MOVE_SUPERSEDED'));
      other.set('grants');
      await until(house, 'there', () => isSettled(house));
      assert.deepEqual(moves(house), ['MOVE_SENT', 'MOVE_SENT', 'MOVE_SUPERSEDED', 'MOVED', 'MOVE_TOLD']);
      const commands = await house.admin.call<readonly CommandView[]>('GET', '/api/v1/commands');
      assert.deepEqual(commands.map(({ state, reason }) => [state, reason]).toSorted(), [
        ['failed', 'MOVE_SUPERSEDED'],
        ['successful', null],
      ]);
    }));

  for (const [answers, code] of [
    ['knows nothing', 'MOVE_UNKNOWN'],
    ['has another key', 'MOVE_FOREIGN'],
  ] as const)
    test(`the other account ${answers}: the command has failed with ${code}, and nothing is lost`, () =>
      withEwon(async (place) => {
        const { house, other } = place;
        other.set(answers);
        const before = house.agent().status();
        await order(place);
        await house.board.clock.advance(MINUTE_MS);
        const { state, reason } = await show(house);
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
      assert.ok(await isGone(house));
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
        await order({ house, other }, given);
        await house.board.clock.advance(MINUTE_MS);
        const { state, reason } = await show(house);
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
