// What this Ewon is allowed: the account's policy, AND the configuration of the device, AND no file at the board that
// switches it off for good. Each can only say no; who says no first, in the order board, device, account, has decided.

import {
  type AppliedPolicy,
  type AppliedSwitch,
  type Code,
  type Ed25519Jwk,
  err,
  type Fault,
  type Millis,
  ok,
  type PolicyDocument,
  type Result,
  readPolicy,
  type SignedByAccount,
} from '@ewon-agent/contracts';
import { type AccountTrust, type OpenedFromAccount, openFromAccount, openSigned } from './account-trust.ts';
import type { Link } from './model.ts';
import { noted, type Refusals } from './refusals.ts';

/** What is known of the account's wishes while this Ewon is linked. `keys`: those of the approval, as long as it is absent. */
export type PolicyState = {
  readonly keys?: readonly Ed25519Jwk[];
  /** The newest that was taken: nothing older is. */
  readonly policy?: PolicyDocument;
  readonly refused?: Refusals;
};

export type PolicyReceived = {
  readonly on: 'PolicyReceived';
  readonly deviceId: string;
  readonly payload: Uint8Array;
  readonly atMs: Millis;
};
export type PolicyEffect = { readonly do: 'report'; readonly code: Code; readonly detail: string };

type Step = readonly [PolicyState, readonly PolicyEffect[]];

/** The account as the next message is judged by. */
export function trustOf(state: PolicyState, link: Link): AccountTrust {
  return { accountId: link.account.id, keys: state.keys ?? link.accountKeys };
}

/** Takes a policy that came from the broker, or refuses it. Total and pure. */
export function policyReceived(state: PolicyState, { payload, atMs }: PolicyReceived, link: Link): Step {
  const judged = judge(openFromAccount(payload, 'ewon-policy', trustOf(state, link)), state, link);
  if (judged.ok) return take(state, judged.value);
  const { fault } = judged;
  const refused = noted(state.refused, fault.code, atMs);
  return refused ? [{ ...state, refused }, [report(fault)]] : [state, []];
}

/** The same for the policy that the approval brought along. */
export function policyGranted(state: PolicyState, policy: SignedByAccount, link: Link): Step {
  const judged = judge(openSigned(policy, 'ewon-policy', trustOf(state, link)), state, link);
  return judged.ok ? take(state, judged.value) : [state, [report(judged.fault)]];
}

/** Takes the keys that something good was signed with; the event says so when they changed. */
export function withKeys(state: PolicyState, keys: readonly Ed25519Jwk[], link: Link): Step {
  const before = state.keys ?? link.accountKeys;
  if (keys.map(({ x }) => x).join() === before.map(({ x }) => x).join()) return [state, []];
  const isOther = keys[0]?.x !== before[0]?.x;
  const told = isOther ? [report({ code: 'ACCOUNT_KEY_CHANGED', detail: `account ${link.account.name}` })] : [];
  return [{ ...state, keys }, told];
}

type Judged = { readonly policy: PolicyDocument; readonly keys: readonly Ed25519Jwk[]; readonly link: Link };

function judge(opened: Result<OpenedFromAccount>, state: PolicyState, link: Link): Result<Judged> {
  if (!opened.ok) {
    const code = opened.fault.code === 'BAD_SIGNATURE' ? 'POLICY_UNSIGNED' : 'POLICY_UNREADABLE';
    return err(code, opened.fault.detail);
  }
  const read = readPolicy(opened.value.payload);
  if (!read.ok) return err('POLICY_UNREADABLE', read.fault.detail);
  const { accountId, version } = read.value;
  if (accountId !== link.account.id) return err('POLICY_FOREIGN', accountId);
  const least = state.policy?.version ?? 0;
  if (version < least) return err('POLICY_OLD', `version ${version}, known ${least}`);
  return ok({ policy: read.value, keys: opened.value.keys, link });
}

function take(state: PolicyState, { policy, keys, link }: Judged): Step {
  const [keyed, told] = withKeys(state, keys, link);
  if (policy.version === state.policy?.version) return [keyed, told]; // retained, so it comes at each connection
  const said = `version ${policy.version} of ${policy.issuedAt}`;
  return [{ ...keyed, policy }, [...told, report({ code: 'POLICY_TAKEN', detail: said })]];
}

/** What a policy decides about. */
export type Switch = 'geolocation' | 'remoteManagement';
/** What switches at the board say: `false` is off. */
export type LocalSwitches = Readonly<Record<Switch, boolean>>;

/** What says no to nothing. */
export const ALL_ON: LocalSwitches = { geolocation: true, remoteManagement: true };

/** `board`: a file there. `device`: the configuration. `account`: its policy; `unknown`: no policy came yet, which is off. */
export type Decider = 'board' | 'device' | 'account' | 'unknown';
export type Decision = { readonly on: boolean; readonly by: Decider };

/** Says what is allowed, and who decided. On is decided by all; the account is named, as the one who could still say no. */
export function decide(
  which: Switch,
  from: { readonly policy: PolicyDocument | undefined; readonly device: LocalSwitches; readonly board: LocalSwitches },
): Decision {
  if (!from.board[which]) return { on: false, by: 'board' };
  if (!from.device[which]) return { on: false, by: 'device' };
  if (!from.policy) return { on: false, by: 'unknown' };
  return { on: from.policy[which], by: 'account' };
}

/** What `health` says of the policy that counts here; undefined until one came. */
export function appliedPolicy(
  policy: PolicyDocument | undefined,
  local: { readonly device: LocalSwitches; readonly board: LocalSwitches },
): AppliedPolicy | undefined {
  if (!policy) return undefined;
  const applied = (which: Switch): AppliedSwitch => {
    const { on, by } = decide(which, { policy, ...local });
    return on || by === 'unknown' ? 'on' : by;
  };
  return {
    version: policy.version,
    geolocation: applied('geolocation'),
    remoteManagement: applied('remoteManagement'),
  };
}

function report({ code, detail }: Pick<Fault, 'code' | 'detail'>): PolicyEffect {
  return { do: 'report', code, detail };
}
