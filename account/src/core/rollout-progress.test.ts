import { deviceIdFrom } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { newRollout, type Rollout, type RolloutStanding } from './rollout.ts';
import { groupProgressOf, letThrough } from './rollout-progress.ts';

const ids = Array.from({ length: 5 }, (_, i) => deviceIdFrom(new Uint8Array(17).fill(i)));
const stands: readonly RolloutStanding[] = [
  { is: 'installed' },
  { is: 'failed', reason: 'PATCH_NOT_BLESSED' },
  { is: 'told' },
  { is: 'passed' },
  { is: 'waiting' },
];
const rollout: Rollout = {
  ...newRollout({
    ...{ path: 'p', kind: 'agent', version: '1.4.2', successPercent: 90, failuresMax: 0 },
    groups: [ids.slice(0, 2), ids.slice(2)],
  }),
  standing: Object.fromEntries(ids.map((id, i) => [id, stands[i]])) as Rollout['standing'],
};

suite('progress of a rollout', (test) => {
  test('is counted group by group; of those after the reached one nobody was told', () => {
    const none = { waiting: 0, told: 0, installed: 0, failed: 0, passed: 0 };
    assert.deepEqual(groupProgressOf(rollout), [
      { ...none, installed: 1, failed: 1, isTold: true },
      { ...none, told: 1, passed: 1, waiting: 1, isTold: false },
    ]);
  });
  test('lets through whom it told, and nobody else', () => {
    assert.deepEqual([...letThrough(rollout)], ids.slice(0, 3));
  });
});
