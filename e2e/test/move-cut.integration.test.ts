// test-timeout: 3600 s
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLineView } from '@ewon-agent/account/http/views';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@ewon-agent/contracts';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountBeside, createAccountBeside } from '../src/virtual/account-beside.ts';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

// An Ewon is imported by another account, both real, in virtual time, with the power cut at one port call of the Ewon's board.

type Cut = { readonly call: number; readonly cut: 'before' | 'after' };
/** All places under MOVE_CUTS=all; otherwise the one where the other account is asked to let the Ewon in. */
const IS_ALL = process.env['MOVE_CUTS'] === 'all';
const TIMEOUT_MS = IS_ALL ? 3_590_000 : 590_000;
/** `GET /api/v1/imports/:id`, as far as it is looked at here. */
type ImportView = {
  readonly id: string;
  readonly state: string;
  readonly ewons: readonly {
    readonly key: string;
    readonly name: string;
    readonly state: string;
    readonly isOrdered: boolean;
  }[];
};

const USER = { login: 'ann', password: 'tr0ub4dor & 3' };

const until = (house: VirtualHouse, what: string, is: () => boolean) =>
  house.board.clock.advanceUntil(is, { what, withinMs: 10 * MINUTE_MS });

/** What is between the accounts goes over sockets, which virtual time does not wait for. */
async function imported(house: VirtualHouse, { admin }: AccountBeside): Promise<() => Promise<ImportView>> {
  const listed = await admin.call<ImportView>('POST', '/api/v1/imports', { url: house.account().adminUrl, ...USER });
  const ewons = listed.ewons.map(({ key, name }) => ({ key, name }));
  await admin.call('POST', `/api/v1/imports/${listed.id}/start`, { pool: 'Bought', newPool: true, ewons });
  return () => admin.call<ImportView>('GET', `/api/v1/imports/${listed.id}`);
}

/** What an Ewon tells once it is in the other account. */
const isOfTheOther = ({ event }: LogLineView) => /in account .*, from account/.test(event);

/** @returns the port calls from the order to the end */
async function play(power?: Cut): Promise<readonly string[]> {
  const house = await createVirtualHouse({ seed: 7 });
  const dir = mkdtempSync(join(tmpdir(), 'beside-'));
  const { clock } = house.board;
  const beside = await createAccountBeside(house.board, dir);
  const isThere = () =>
    house.board.power.isOn() && beside.connected().length === 1 && !house.agent().status().registration.former;
  try {
    await house.admin.call('POST', '/api/v1/users', { ...USER, groupIds: ['administrators'] });
    house.besides(beside);
    await house.boot();
    await house.board.slots.sd0.insert(await house.card());
    await until(house, 'pending', () => house.agent().status().registration.state === 'pending');
    await house.admin.approve((await house.admin.pending())[0]?.id ?? '');
    await until(house, 'online', () => house.agent().status().uplink.state === 'online');
    const before = house.board.power.calls().length;
    if (power) house.board.faults.set({ power: { ...power, call: before + power.call } });
    const look = await imported(house, beside);
    await eventually(async () => (await look()).ewons.every(({ isOrdered }) => isOrdered), { what: 'ordered' });
    for (let waitedMs = 0; !isThere(); waitedMs += 5 * SECOND_MS) {
      assert.ok(waitedMs < HOUR_MS, `stuck: ${JSON.stringify(house.board.power.isOn() && house.agent().status())}`);
      if (!house.board.power.isOn()) await house.reboot();
      await clock.advance(5 * SECOND_MS);
    }
    const calls = house.board.power.calls().slice(before);
    await clock.advance(MINUTE_MS);
    await eventually(
      async () => {
        await clock.advance(5 * SECOND_MS);
        return (await look()).state === 'done';
      },
      { what: 'the import is over' },
    );
    assert.deepEqual([(await look()).ewons.map(({ state }) => state), house.connected()], [['moved'], []]);
    assert.ok((await house.admin.ewons()).every(({ link }) => link === 'unlinked'));
    const ewons = await beside.admin.ewons();
    assert.deepEqual(
      ewons.map(({ link, status, pool }) => [link, status, pool]),
      [['linked', 'online', 'Bought']],
    );
    const told = (await beside.admin.log()).map(({ code }) => code);
    assert.ok(told.includes('MOVED') && !told.includes('MOVE_SENT'), told.join());
    assert.ok(!(await house.admin.log()).some(isOfTheOther));
    return calls;
  } finally {
    await house.close();
    await beside.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

suite('power cut while an Ewon is imported by another account', { timeoutMs: TIMEOUT_MS }, (test) => {
  test('before and after each effect: one Ewon, online there, gone from where it was, and the import is done', async () => {
    const calls = await play();
    assert.ok(calls.includes('account.request') && calls.includes('uplink.open'), calls.join(' '));
    const asking = calls.lastIndexOf('account.request', calls.indexOf('uplink.open'));
    const places = IS_ALL ? calls.map((_, at) => at + 1) : [asking + 1];
    for (const call of places)
      for (const cut of ['before', 'after'] as const)
        await play({ call, cut }).catch((cause: unknown) => {
          throw new Error(`cut ${cut} ${calls[call - 1]} (${call} of ${calls.length}): ${cause}`, { cause });
        });
  });
});
