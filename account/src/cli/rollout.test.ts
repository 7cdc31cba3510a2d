import type { DeviceId } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { newRollout } from '../core/rollout.ts';
import type { RolloutView } from '../http/admin-rollouts.ts';
import { rolloutText } from './rollout.ts';

const [a, b] = ['d_a', 'd_b'] as [DeviceId, DeviceId];
const at = '2026-03-01T12:00:00.000Z' as RolloutView['startedAt'];

suite('account aspu rollout', (test) => {
  test('one that was stopped, Ewon by Ewon', () => {
    const begun = newRollout({
      ...{ path: 'x.tar.gz', kind: 'agent', version: '1.4.2', groups: [[a], [b]] },
      ...{ successPercent: 90, failuresMax: 0 },
    });
    const standing = { ...begun.standing, [a]: { is: 'failed', reason: 'PATCH_NOT_BLESSED' } as const };
    const view: RolloutView = {
      ...{ ...begun, standing, state: 'stopped', stoppedBy: 'failures', startedAt: at, changedAt: at },
    };
    assert.deepEqual(rolloutText(view, new Map([['d_a', 'Pump \u001b[2J']])).split('\n'), [
      'patch     state                group   installed  failed  told  waiting  passed over',
      'x.tar.gz  stopped by failures  1 of 2  0          1       0     1        0',
      '',
      `next group at 90 % of one, stopped by more than 0 failures; started ${at}`,
      '',
      'group  Ewon          state    reason',
      '1      Pump \\x1b[2J  failed   PATCH_NOT_BLESSED',
      '2      d_b           waiting  -',
    ]);
  });
});
