import type { Millis, PolicyDocument, WanKind } from '@ewon-agent/contracts';
import type { PatchSwitch } from './patch.ts';
import { type Decision, decide, type LocalSwitches } from './policy.ts';
import { isOpen } from './policy-window.ts';

/** What a configuration says of the way to the account: `auto` is paid by volume where it is cellular. */
export type Metered = 'auto' | 'yes' | 'no';

export type PatchFacts = {
  /** Absent while this Ewon is not linked. */
  readonly deviceId: string | undefined;
  readonly policy: PolicyDocument | undefined;
  readonly device: LocalSwitches;
  readonly board: LocalSwitches;
  /** The configuration names a root to begin with. */
  readonly isRootPinned: boolean;
  readonly metered: Metered;
  /** The link in use; undefined where it is not watched. */
  readonly link: WanKind | undefined;
  readonly atMs: Millis;
  /** What local time is ahead of UTC. */
  readonly offsetMs: Millis;
};

/** What all together say of patches. Remote management is what allows them (seed row 16). */
export function patchSwitchOf(facts: PatchFacts): PatchSwitch {
  const { deviceId, policy, metered, link } = facts;
  const decision: Decision = decide('remoteManagement', facts);
  return {
    ...(deviceId === undefined ? { on: false, by: 'unknown' } : { ...decision, deviceId }),
    isWindowOpen: policy?.window === undefined || isOpen(policy.window, facts.atMs, facts.offsetMs),
    denied: policy?.denied ?? [],
    held: policy?.held ?? [],
    confirm: policy?.confirm ?? false,
    hasRoot: facts.isRootPinned || policy?.patchRoot !== undefined,
    isMetered: metered === 'yes' || (metered === 'auto' && link === 'cellular'),
  };
}
