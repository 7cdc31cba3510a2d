import type { AppliedPolicy, AppliedSwitch, DeviceId } from '@ewon-agent/contracts';

// What has come of the account's policy on its Ewons, as they say themselves in `health`.

/** An Ewon as it is named in a list. */
export type NamedEwon = { readonly deviceId: DeviceId; readonly name: string };

/** A linked Ewon, and what it said last of the policy; undefined when it has never said anything of it. */
export type ToldEwon = NamedEwon & {
  readonly status: 'online' | 'offline';
  readonly policy: AppliedPolicy | undefined;
};

/** How a switch stands on those that have applied the present policy. `off`: switched off there, whatever the account allows. */
export type SwitchEffect = {
  readonly on: number;
  readonly off: readonly (NamedEwon & { readonly by: Exclude<AppliedSwitch, 'on'> })[];
};

/** `GET /api/v1/policy/effect`: `applied` of `ewons` Ewons go by this version. */
export type PolicyEffect = {
  readonly version: number;
  readonly ewons: number;
  readonly applied: number;
  /** Those that do not yet: of an older version, or of none (an agent that does not tell, or that was never online since). */
  readonly waiting: readonly (NamedEwon & { readonly status: ToldEwon['status']; readonly version: number | null })[];
  readonly geolocation: SwitchEffect;
  readonly remoteManagement: SwitchEffect;
};

/** Counts who has applied a version. Total and pure; lists are in the order of the Ewons. */
export function policyEffect(version: number, ewons: readonly ToldEwon[]): PolicyEffect {
  const applied = ewons.filter(({ policy }) => (policy?.version ?? 0) >= version);
  const waiting = ewons.filter((ewon) => !applied.includes(ewon));
  const effectOf = (which: 'geolocation' | 'remoteManagement'): SwitchEffect => ({
    on: applied.filter(({ policy }) => policy?.[which] === 'on').length,
    off: applied.flatMap(({ deviceId, name, policy }) => {
      const by = policy?.[which] ?? 'on';
      return by === 'on' ? [] : [{ deviceId, name, by }];
    }),
  });
  return {
    version,
    ewons: ewons.length,
    applied: applied.length,
    waiting: waiting.map(({ deviceId, name, status, policy }) => ({
      ...{ deviceId, name, status },
      version: policy?.version ?? null,
    })),
    geolocation: effectOf('geolocation'),
    remoteManagement: effectOf('remoteManagement'),
  };
}
