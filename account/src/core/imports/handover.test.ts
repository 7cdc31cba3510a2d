import { DAY_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { NOW_MS } from '../../testing/facts.ts';
import { enforcesTwoFactor, type LeavingFacts, settledBy, whyStaying } from './handover.ts';
import { EXPECTED_MS } from './imports.ts';

const at = timestampOf(NOW_MS);
const EWON: LeavingFacts['ewon'] = {
  ...{ serial: '1524-0071-21' as LeavingFacts['ewon']['serial'], link: 'linked', agent: '1.0.0' },
  ...{ quarantinedAt: null, renewalAskedAt: null },
};
const applied = (remoteManagement: 'on' | 'account' | 'device' | 'board') =>
  ({ version: 1, geolocation: 'on', remoteManagement }) as NonNullable<LeavingFacts['applied']>;
const last = (state: 'ordered' | 'moved' | 'failed', reason: string | null = null, agent = '1.0.0') => ({
  ...{ state, reason, agent },
});

suite('what leaves for another account', (test) => {
  test('why an Ewon stays, the first reason that counts', () => {
    const table: readonly [string | undefined, Partial<LeavingFacts>][] = [
      [undefined, {}],
      [undefined, { applied: applied('on') }],
      ['UNLINKED', { ewon: { ...EWON, link: 'unlinked' } }],
      ['UNLINKED', { ewon: { ...EWON, serial: '' as typeof EWON.serial } }],
      ['IDENTITY_QUARANTINED', { ewon: { ...EWON, quarantinedAt: at } }],
      ['RENEWAL_PENDING', { ewon: { ...EWON, renewalAskedAt: at } }],
      ['MOVE_SENT', { last: last('ordered') }],
      ['REMOTE_MANAGEMENT_OFF', { remoteManagement: false }],
      ['REMOTE_MANAGEMENT_OFF', { applied: applied('board') }],
      ['COMMAND_UNKNOWN', { last: last('failed', 'COMMAND_UNKNOWN') }],
      [undefined, { last: last('failed', 'COMMAND_UNKNOWN', '0.9.0') }], // updated since
      [undefined, { last: last('failed', 'COMMAND_EXPIRED') }],
      [undefined, { last: last('failed', 'MOVE_WITHDRAWN') }],
      [undefined, { last: last('moved') }], // away, and here again
      ['UNLINKED', { ewon: { ...EWON, link: 'unlinked', quarantinedAt: at }, last: last('ordered') }],
    ];
    for (const [why, facts] of table) {
      const all = { ewon: EWON, remoteManagement: true, applied: undefined, last: undefined, ...facts };
      assert.equal(whyStaying(all), why, JSON.stringify(facts));
    }
  });

  test('two-factor is enforced on new users, or on who signs in; not where it is off', () => {
    const table = [
      ['off', true, false, false],
      ['on', true, false, true],
      ['wanted', true, false, true],
      ['off', true, true, true],
      ['on', false, true, false],
      ['off', false, false, false],
    ] as const;
    for (const [twoFactor, enabled, forNewUsers, is] of table) {
      const policy = { enabled, forNewUsers, rememberPcs: true, rememberDays: 30 };
      assert.equal(enforcesTwoFactor({ twoFactor }, policy), is, JSON.stringify([twoFactor, policy]));
    }
    assert.equal(enforcesTwoFactor({ twoFactor: 'off' }, undefined), false, 'as an account begins');
  });

  test('how an order stands by its command, whatever the order of what is heard', () => {
    const command = (state: 'init' | 'executing' | 'successful' | 'failed', reason: string | null = null) => ({
      ...{ state, reason },
    });
    const failed = (reason: string | null) => ({ state: 'failed', reason });
    const table = [
      ['ordered', command('init'), true, 0, undefined],
      ['ordered', command('executing'), true, EXPECTED_MS - 1, undefined],
      ['ordered', command('successful'), true, DAY_MS, undefined],
      ['ordered', command('successful'), true, EXPECTED_MS, failed('COMMAND_EXPIRED')],
      ['ordered', command('failed', 'MOVE_UNKNOWN'), true, 0, failed('MOVE_UNKNOWN')],
      ['ordered', undefined, true, 0, failed('COMMAND_EXPIRED')],
      ['ordered', command('init'), false, 0, failed('UNLINKED')],
      ['moved', command('failed', 'MOVE_UNKNOWN'), false, EXPECTED_MS, undefined],
      ['failed', undefined, false, EXPECTED_MS, undefined],
    ] as const;
    for (const [state, of, isLinked, afterMs, settled] of table)
      assert.deepEqual(
        settledBy({ state, at }, { command: of, isLinked, nowMs: NOW_MS + afterMs }),
        settled,
        JSON.stringify([state, of, isLinked, afterMs]),
      );
  });
});
