import type { DeviceId } from '@ewon-agent/contracts';
import type { Change } from '../bus.ts';
import { hasPool, may, type Permission, type Pools, poolsWith } from '../core/permissions.ts';
import type { Person } from '../core/users.ts';
import type { Placed } from './pool-watch.ts';

const ROW_NEEDS = {
  registration: 'registrations.read',
  ewon: 'ewons.read',
  command: 'commands',
  log: 'log.read',
} as const satisfies Partial<Record<Change['type'], Permission>>;
/** Settings that are told under a name of their own, and who reads them; all others may be of any list. */
const SETTING_NEEDS: Readonly<Record<string, readonly Permission[]>> = {
  rollout: ['patches'],
  aspu: ['patches'],
  policy: ['privacy', 'patches'],
};

/**
 * Makes what lets through of all changes those that somebody may see.
 * @param poolOf the pool of an Ewon, after all that was committed with the change
 * @returns the change as he sees it; undefined when he does not
 */
export function seenChanges(
  { grants }: Person,
  poolOf: (deviceId: DeviceId) => string | undefined,
): (placed: Placed) => Change | undefined {
  const pools = (type: keyof typeof ROW_NEEDS): Pools => poolsWith(grants, ROW_NEEDS[type]);
  const isOfSeen = (of: Pools, deviceId: DeviceId | null) =>
    of === 'all' || (deviceId !== null && hasPool(of, poolOf(deviceId) ?? ''));
  return ({ change, before }) => {
    switch (change.type) {
      case 'missed':
        return change;
      case 'settings': {
        const needed = SETTING_NEEDS[change.id];
        if (needed) return needed.some((one) => may(grants, one)) ? change : undefined;
        // its id may name what he does not know of
        return may(grants, 'keys.manage') ? change : { type: 'settings', id: '' };
      }
      case 'registration': {
        const { row } = change;
        if (!hasPool(pools('registration'), row.pool)) return undefined;
        const isOfHis = row.replaces === null || isOfSeen(pools('ewon'), row.replaces);
        return isOfHis ? change : { ...change, row: { ...row, replaces: null } };
      }
      case 'ewon': {
        const of = pools('ewon');
        if (of === 'all') return change;
        const [was, is] = [before !== undefined && hasPool(of, before), hasPool(of, change.row.pool)];
        if (was && is) return change;
        // it came into his sight, and lines about it were told before that, or went out of it: he reads again
        return was || is ? { type: 'missed', id: '' } : undefined;
      }
      case 'command':
      case 'log':
        return isOfSeen(pools(change.type), change.row.deviceId) ? change : undefined;
    }
  };
}
