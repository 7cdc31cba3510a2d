import type { AccountId } from '../ids.ts';
import type { Timestamp } from '../units.ts';
import { jsonReader } from '../validate.ts';
import { accountId, atLeast, count, exactly, listOf, matching, sha256Hex, text, timestamp, yesOrNo } from './common.ts';

// What the account allows its devices (`down/policy`, signed as `ewon-policy`).

/** Days of the week as a policy names them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/**
 * When a device may change itself. `from` and `to` are `HH:MM`; a window whose `to` is not after its `from` goes on past
 * midnight and belongs to the day on which it begins. `zone`: `UTC`, or `device` for the local time of the board.
 */
export type PolicyWindow = {
  readonly days: readonly Day[];
  readonly from: string;
  readonly to: string;
  readonly zone: 'UTC' | 'device';
};

/**
 * What a person sets. Without `window` every time is good.
 * `denied` and `held` name security patches by the path of their target: the first are not installed by anybody, the second only by
 * a device that was told to with the command `patch`, as a rollout in groups does. `confirm`: a person at the device says yes to each.
 */
export type PolicySettings = {
  readonly geolocation: boolean;
  readonly remoteManagement: boolean;
  readonly window?: PolicyWindow;
  readonly denied: readonly string[];
  readonly held?: readonly string[];
  readonly confirm?: boolean;
};

/** The signed payload. `version` only grows within an account, whatever key signs. */
export type PolicyDocument = PolicySettings & {
  readonly v: 1;
  readonly accountId: AccountId;
  readonly version: number;
  readonly issuedAt: Timestamp;
  /** SHA-256 of the first root of the account's repository of patches, in hex; absent while it has none. */
  readonly patchRoot?: string;
};

/** Patches that a policy may deny by name. */
export const DENIED_MAX = 100;

const clockTime = matching('^([01]\\d|2[0-3]):[0-5]\\d$');
export const policyWindow: object = exactly({
  days: { ...listOf({ enum: DAYS }, DAYS.length, 1), uniqueItems: true },
  from: clockTime,
  to: clockTime,
  zone: { enum: ['UTC', 'device'] },
});
export const deniedPatches: object = listOf(text(64, 1), DENIED_MAX);

/** Reads the payload of a policy. Codes: BAD_REQUEST. */
export const readPolicy = jsonReader<PolicyDocument>(
  atLeast(
    {
      v: { const: 1 },
      accountId,
      version: count,
      issuedAt: timestamp,
      geolocation: yesOrNo,
      remoteManagement: yesOrNo,
      window: policyWindow,
      denied: deniedPatches,
      held: deniedPatches,
      confirm: yesOrNo,
      patchRoot: sha256Hex,
    },
    ['window', 'held', 'confirm', 'patchRoot'],
  ),
);
