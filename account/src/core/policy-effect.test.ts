import type { AppliedPolicy, DeviceId } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { policyEffect, type ToldEwon } from './policy-effect.ts';

const ewon = (name: string, policy?: Partial<AppliedPolicy>): ToldEwon => ({
  ...{ deviceId: `d_${name}` as DeviceId, name, status: 'online', lastSeen: null, agent: '0.2.0' },
  policy: policy && { version: 7, geolocation: 'on', remoteManagement: 'on', ...policy },
});

suite('effect of a policy', (test) => {
  test('N of M have applied it; who has not is named, with the version that counts there', () => {
    const effect = policyEffect(7, [
      ewon('now', {}),
      ewon('newer', { version: 8 }),
      ewon('older', { version: 6 }),
      ewon('silent'),
    ]);
    assert.deepEqual([effect.applied, effect.ewons], [2, 4]);
    assert.deepEqual(
      effect.waiting.map(({ name, version }) => [name, version]),
      [
        ['older', 6],
        ['silent', null],
      ],
    );
  });

  test('a switch is on, or off by the account, the device or the board', () => {
    const { geolocation, remoteManagement } = policyEffect(7, [
      ewon('a', { geolocation: 'account' }),
      ewon('b', { geolocation: 'device' }),
      ewon('c', { geolocation: 'board', remoteManagement: 'device' }),
      ewon('d', {}),
      ewon('e', { version: 6, geolocation: 'device' }), // it may have changed its mind with the new one
    ]);
    assert.deepEqual(
      geolocation.off.map(({ name, by }) => [name, by]),
      [
        ['b', 'device'],
        ['c', 'board'],
        ['a', 'account'],
      ],
    );
    assert.deepEqual([geolocation.on, remoteManagement.on], [1, 3]);
    assert.deepEqual(
      remoteManagement.off.map(({ name }) => name),
      ['c'],
    );
  });

  test('why one waits: it is offline, tells nothing, or goes by an older one still', () => {
    const effect = policyEffect(7, [
      { ...ewon('away', { version: 6 }), status: 'offline' },
      { ...ewon('far'), status: 'offline' },
      ewon('old agent'),
      ewon('late', { version: 6 }),
    ]);
    assert.deepEqual(
      effect.waiting.map(({ why }) => why),
      ['offline', 'offline', 'silent', 'older'],
    );
    assert.deepEqual(effect.waitingWhy, { offline: 2, silent: 1, older: 1 });
  });

  test('lists are no longer than asked for, and counts are whole', () => {
    const off = { geolocation: 'device', remoteManagement: 'board' } as const;
    const effect = policyEffect(7, [ewon('a'), ewon('b'), ewon('c', off), ewon('d', off), ewon('e', {})], 1);
    assert.deepEqual([effect.waiting.length, effect.waitingWhy.silent, effect.ewons], [1, 2, 5]);
    const { geolocation, remoteManagement } = effect;
    assert.deepEqual([geolocation.off.length, geolocation.offBy], [1, { account: 0, device: 2, board: 0 }]);
    assert.deepEqual([remoteManagement.on, remoteManagement.offBy.board], [1, 2]);
  });

  test('whoever is off on the Ewon itself is named before those that the account switched off', () => {
    const there = ewon('z', { geolocation: 'device' });
    const effect = policyEffect(7, [...Array.from('abc', (name) => ewon(name, { geolocation: 'account' })), there], 2);
    assert.deepEqual(
      effect.geolocation.off.map(({ name }) => name),
      ['z', 'a'],
    );
  });

  test('of no Ewons none has', () => {
    assert.deepEqual(policyEffect(7, []).waiting, []);
  });
});
