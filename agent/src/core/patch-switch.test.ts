import type { PolicyDocument } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { type PatchFacts, patchSwitchOf } from './patch-switch.ts';
import { ALL_ON } from './policy.ts';

const policy: PolicyDocument = {
  ...{ v: 1, accountId: 'a_aaaaaaaaaaaaaaaaaaaaaaaaaa' as PolicyDocument['accountId'], version: 7 },
  ...{ issuedAt: '2026-03-01T12:00:00.000Z', geolocation: true, remoteManagement: true, denied: ['bad'] },
};
const FACTS: PatchFacts = {
  ...{ deviceId: 'd_1', policy, device: ALL_ON, board: ALL_ON, isRootPinned: false, metered: 'auto', link: undefined },
  ...{ atMs: Date.parse('2026-03-01T12:00:00.000Z'), offsetMs: 0 },
};
const off = { ...ALL_ON, remoteManagement: false };
const at = (from: string, to: string): Partial<PatchFacts> => ({
  policy: { ...policy, window: { days: ['sun'], from, to, zone: 'UTC' } },
});

suite('what all together say of patches', (test) => {
  for (const [title, facts, on, by] of [
    ['everybody agrees', {}, true, 'account'],
    ['a file at the board', { board: off }, false, 'board'],
    ['the configuration', { device: off }, false, 'device'],
    ['the account', { policy: { ...policy, remoteManagement: false } }, false, 'account'],
    ['no policy yet', { policy: undefined }, false, 'unknown'],
    ['not linked', { deviceId: undefined }, false, 'unknown'],
  ] as const) {
    test(`${title}: ${on ? 'on' : 'off'} by ${by}`, () => {
      const said = patchSwitchOf({ ...FACTS, ...facts });
      assert.deepEqual({ on: said.on, by: said.by }, { on, by });
    });
  }

  for (const [title, facts, change] of [
    ['no window', {}, {}],
    ['an open window', at('11:00', '13:00'), {}],
    ['a closed window', at('13:00', '14:00'), { isWindowOpen: false }],
    [
      'what is held and wants a yes',
      { policy: { ...policy, held: ['x'], confirm: true } },
      { held: ['x'], confirm: true },
    ],
    ['a root that the policy names', { policy: { ...policy, patchRoot: 'ab' } }, { hasRoot: true }],
    ['a root that the configuration names', { isRootPinned: true }, { hasRoot: true }],
    ['a cellular way', { link: 'cellular' }, { isMetered: true }],
    ['a cellular way that is said to cost nothing', { link: 'cellular', metered: 'no' }, {}],
    ['an Ethernet way that is said to cost', { link: 'ethernet', metered: 'yes' }, { isMetered: true }],
  ] as const) {
    test(title, () => {
      const usual = { isWindowOpen: true, denied: ['bad'], held: [], confirm: false, hasRoot: false, isMetered: false };
      const { on: _, by: __, deviceId: ___, ...said } = patchSwitchOf({ ...FACTS, ...(facts as Partial<PatchFacts>) });
      assert.deepEqual(said, { ...usual, ...change });
    });
  }
});
