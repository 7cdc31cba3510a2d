import type { AppliedPolicy, AppliedSwitch, DeviceId, Timestamp } from '@ewon-agent/contracts';

// What has come of the account's policy on its Ewons, as they say themselves in `health`.

/** An Ewon as it is named in a list. */
export type NamedEwon = { readonly deviceId: DeviceId; readonly name: string };

/** A linked Ewon, and what it said last of the policy; undefined when it has never said anything of it. */
export type ToldEwon = NamedEwon & {
  readonly status: 'online' | 'offline';
  readonly lastSeen: Timestamp | null;
  readonly agent: string;
  readonly policy: AppliedPolicy | undefined;
};

/** How a switch stands on those that have applied the present policy. `off`: switched off there, whatever the account allows. */
export type SwitchEffect = {
  readonly on: number;
  readonly off: readonly (NamedEwon & { readonly by: OffBy })[];
  readonly offBy: Readonly<Record<OffBy, number>>;
};
type OffBy = Exclude<AppliedSwitch, 'on'>;

/** `silent`: it tells nothing of a policy, as agents before 0.2 do; `older`: it goes by an older one still. */
export type WhyWaiting = 'offline' | 'silent' | 'older';
export type WaitingEwon = Omit<ToldEwon, 'policy'> & { readonly version: number | null; readonly why: WhyWaiting };

/** `GET /api/v1/policy/effect`: `applied` of `ewons` Ewons go by this version. Lists are no longer than was asked for; counts are whole. */
export type PolicyEffect = {
  readonly version: number;
  readonly ewons: number;
  readonly applied: number;
  /** Those that do not yet: of an older version, or of none (an agent that does not tell, or that was never online since). */
  readonly waiting: readonly WaitingEwon[];
  readonly waitingWhy: Readonly<Record<WhyWaiting, number>>;
  readonly geolocation: SwitchEffect;
  readonly remoteManagement: SwitchEffect;
};

/** Counts who has applied a version. Total and pure; lists are in the order of the Ewons, those the account switched off last. @param limit of each list */
export function policyEffect(version: number, ewons: readonly ToldEwon[], limit = ewons.length): PolicyEffect {
  const applied = ewons.filter((ewon) => hasApplied(ewon, version));
  const waiting = ewons.filter((ewon) => !hasApplied(ewon, version));
  const effectOf = (which: 'geolocation' | 'remoteManagement'): SwitchEffect => {
    const off = applied.flatMap(({ deviceId, name, policy }) => {
      const by = policy?.[which] ?? 'on';
      return by === 'on' ? [] : [{ deviceId, name, by }];
    });
    const count = (by: OffBy) => off.filter((one) => one.by === by).length;
    // what the account switched off is off on all: whoever did it there stands first, or would be named never
    const there = off.toSorted((a, b) => Number(a.by === 'account') - Number(b.by === 'account'));
    return {
      on: applied.length - off.length,
      off: there.slice(0, limit),
      offBy: { account: count('account'), device: count('device'), board: count('board') },
    };
  };
  const count = (why: WhyWaiting) => waiting.filter((ewon) => whyWaiting(ewon) === why).length;
  return {
    version,
    ewons: ewons.length,
    applied: applied.length,
    waiting: waiting.slice(0, limit).map((ewon) => {
      const { policy, ...shown } = ewon;
      return { ...shown, version: policy?.version ?? null, why: whyWaiting(ewon) };
    }),
    waitingWhy: { offline: count('offline'), silent: count('silent'), older: count('older') },
    geolocation: effectOf('geolocation'),
    remoteManagement: effectOf('remoteManagement'),
  };
}

function hasApplied({ policy }: ToldEwon, version: number): boolean {
  return (policy?.version ?? 0) >= version;
}

function whyWaiting({ status, policy }: ToldEwon): WhyWaiting {
  if (status === 'offline') return 'offline';
  return policy ? 'older' : 'silent';
}
