import type { DeviceId } from '@ewon-agent/contracts';
import type { Rollout, RolloutStanding } from './rollout.ts';

/** How many Ewons of a group stand so. */
export type GroupProgress = Readonly<Record<RolloutStanding['is'], number>> & {
  /** Those that were told, or that the group need not be told any more. */
  readonly isTold: boolean;
};

/** How far a rollout has come, group by group. */
export function groupProgressOf({ groups, standing, reached }: Rollout): readonly GroupProgress[] {
  return groups.map((group, i) => {
    const counts = { waiting: 0, told: 0, installed: 0, failed: 0, passed: 0 };
    for (const deviceId of group) counts[standing[deviceId]?.is ?? 'waiting'] += 1;
    return { ...counts, isTold: i <= reached };
  });
}

/** The Ewons that a rollout has let through: of what is held they alone may take it. */
export function letThrough({ standing }: Rollout): ReadonlySet<DeviceId> {
  const all = Object.entries(standing) as [DeviceId, RolloutStanding][];
  return new Set(all.filter(([, { is }]) => is !== 'waiting' && is !== 'passed').map(([deviceId]) => deviceId));
}
