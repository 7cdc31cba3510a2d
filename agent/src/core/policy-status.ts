// What `ewon-agent policy` says: what is allowed, who decided that, and since when.

import {
  type Fingerprint,
  fingerprintOf,
  type Millis,
  type PolicyWindow,
  publicKeyOf,
  type Timestamp,
} from '@ewon-agent/contracts';
import type { Orders } from './orders.ts';
import { type Decision, decide, type LocalSwitches, type Switch } from './policy.ts';
import { isOpen } from './policy-window.ts';
import type { Registration } from './registration.ts';

export type PolicyStatus = {
  /** The account that may decide; absent while this Ewon is not linked. */
  readonly account?: string;
  /** Absent until a policy came. */
  readonly version?: number;
  readonly issuedAt?: Timestamp;
  readonly decisions: Readonly<Record<Switch, Decision & { readonly why: string }>>;
  /** When this Ewon may change itself. Always, where the policy names no window. */
  readonly window?: PolicyWindow & { readonly openNow: boolean };
  readonly denied: readonly string[];
  /** Keys that may sign for the account, for comparison with `account key show`. */
  readonly accountKeys: readonly Fingerprint[];
};

export type PolicyFacts = {
  readonly device: LocalSwitches;
  readonly board: LocalSwitches;
  readonly atMs: Millis;
  /** What local time is ahead of UTC. */
  readonly offsetMs: Millis;
};

/** Explains the orders of the account. */
export function policyStatusOf(
  registration: Registration,
  { policy: state }: Orders,
  facts: PolicyFacts,
): PolicyStatus {
  const link = registration.at === 'registered' ? registration.link : undefined;
  const { policy } = state;
  const decision = (which: Switch) => {
    const made = decide(which, { policy, ...facts });
    return { ...made, why: WHY[made.by](which, policy?.version) };
  };
  const keys = link ? (state.keys ?? link.accountKeys) : [];
  return {
    ...(link && { account: link.account.name }),
    ...(policy && { version: policy.version, issuedAt: policy.issuedAt }),
    decisions: { geolocation: decision('geolocation'), remoteManagement: decision('remoteManagement') },
    ...(policy?.window && {
      window: { ...policy.window, openNow: isOpen(policy.window, facts.atMs, facts.offsetMs) },
    }),
    denied: policy?.denied ?? [],
    accountKeys: keys.flatMap((jwk) => publicKeyOf(jwk) ?? []).map(fingerprintOf),
  };
}

/** How the switches are called where they are set. */
export const SWITCH_NAMES = {
  geolocation: { config: 'GeolocEnable', file: 'geolocation.off' },
  remoteManagement: { config: 'RemoteManagementEnable', file: 'remote-management.off' },
} as const satisfies Record<Switch, { config: string; file: string }>;

const WHY: Readonly<Record<Decision['by'], (which: Switch, version: number | undefined) => string>> = {
  board: (which) => `there is a file ${SWITCH_NAMES[which].file} at the board`,
  device: (which) =>
    which === 'geolocation'
      ? 'GeolocEnable is 0 in the configuration of the agent, or "location off" at it'
      : `${SWITCH_NAMES[which].config} is 0 in the configuration of the agent`,
  account: (_, version) => `policy ${version} of the account`,
  unknown: () => 'no policy of the account is known yet',
};
