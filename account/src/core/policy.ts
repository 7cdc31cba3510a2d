import type { AccountId, Millis, PolicyDocument, PolicySettings } from '@ewon-agent/contracts';
import { timestampOf } from '@ewon-agent/contracts';
import type { PolicyRecord } from './records.ts';

/** What an account allows until a person decides: what the genuine one does (ewon-facts: both are on by default). */
export const FIRST_POLICY: PolicySettings = { geolocation: true, remoteManagement: true, denied: [] };

/** A policy before it is signed. */
export type UnsignedPolicy = Omit<PolicyRecord, 'signed'>;

/**
 * The next policy. Its version is at least the time in seconds, so that an account that was restored from a backup is
 * believed again as soon as somebody sets its policy.
 */
export function nextPolicy(last: PolicyRecord | undefined, settings: PolicySettings, nowMs: Millis): UnsignedPolicy {
  const version = Math.max((last?.version ?? 0) + 1, Math.floor(nowMs / 1000));
  return { version, settings, issuedAt: timestampOf(nowMs) };
}

/** The payload that is signed. @param patchRoot by which devices know the account's repository of patches, when it has one */
export function policyDocument(
  accountId: AccountId,
  { version, settings, issuedAt }: UnsignedPolicy,
  patchRoot: string | undefined,
): PolicyDocument {
  return { v: 1, accountId, version, issuedAt, ...settings, ...(patchRoot !== undefined && { patchRoot }) };
}
