import { type CommandName, err, type Fault, type PolicySettings } from '@ewon-agent/contracts';
import { type Grant, hasPool, may, type Permission, poolsWith } from './permissions.ts';

// What a request needs by what its body says: its route is for several permissions, or for one that is not enough for all of it.

/** Of the policy: what Ewons tell of themselves and let others do is one matter, which patches they install, and when, another. */
const POLICY_NEEDS = {
  geolocation: 'privacy',
  remoteManagement: 'privacy',
  window: 'patches',
  denied: 'patches',
  held: 'patches',
  confirm: 'patches',
} as const satisfies Record<keyof PolicySettings, Permission>;

/** Besides `commands`. An Ewon that forgets its account is removed by other means. */
const COMMAND_NEEDS: Readonly<Record<string, Permission>> = { forget: 'ewons.forget' } satisfies Partial<
  Record<CommandName, Permission>
>;

/** Why somebody may not change these members of the policy: the first that he may not. Codes: NOT_PERMITTED. */
export function policyRefusal(
  grants: readonly Grant[],
  change: Readonly<Partial<Record<keyof PolicySettings, unknown>>>,
): Fault | undefined {
  for (const [member, need] of Object.entries(POLICY_NEEDS))
    if (Object.hasOwn(change, member) && !may(grants, need))
      return err('NOT_PERMITTED', `${member} needs ${need}`).fault;
  return undefined;
}

/** Why somebody who may send commands may not send this one to an Ewon of this pool. Codes: NOT_PERMITTED. */
export function commandRefusal(grants: readonly Grant[], name: string, pool: string): Fault | undefined {
  const need = Object.hasOwn(COMMAND_NEEDS, name) ? COMMAND_NEEDS[name] : undefined;
  if (need === undefined || hasPool(poolsWith(grants, need), pool)) return undefined;
  return err('NOT_PERMITTED', `the command ${name} needs ${need}`).fault;
}
