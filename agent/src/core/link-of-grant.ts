import type { Grant } from '@ewon-agent/contracts';
import type { AccountAddress, Link, Validity } from './model.ts';

// What a grant of an account makes of a link.

/** Makes the link that a grant gives. `at`: where it was asked for, and the registration resource it told. */
export function linkFrom(
  at: { readonly account: AccountAddress; readonly location: string },
  grant: Grant,
  valid: Validity | undefined,
): Link {
  const { deviceId, name, pool, certificate, ca, accountKeys, mqtt } = grant;
  const account = { directoryUrl: at.account.directoryUrl, ca: at.account.ca, ...grant.account };
  const known = valid ? { valid } : {};
  return { account, location: at.location, deviceId, name, pool, certificate, ...known, ca, accountKeys, mqtt };
}

/**
 * What the account told anew, beside the certificate in use: another one is not used before a broker has let us in
 * with it, and one that began earlier than ours is of the past.
 */
export function renewedLink(link: Link, grant: Grant, valid: Validity | undefined): Link {
  const told = linkFrom(link, grant, valid);
  if (grant.certificate === link.certificate) return link.next ? { ...told, next: link.next } : told;
  const { certificate, valid: ownValid, next } = link;
  const own = { ...told, certificate, ...(ownValid ? { valid: ownValid } : {}) };
  const { valid: _, ...ownUndated } = own;
  const kept = ownValid ? own : ownUndated;
  const isOld = (since: Validity | undefined) => since && valid && valid.notBeforeMs <= since.notBeforeMs;
  if (isOld(ownValid) || grant.certificate === next?.certificate || isOld(next?.valid))
    return next ? { ...kept, next } : kept;
  return { ...kept, next: { certificate: grant.certificate, ...(valid ? { valid } : {}) } };
}

/** Compares two links member by member: they stand in another order after a renewal. */
export function isSameLink(a: Link, b: Link): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const member = (link: Link, name: string) => JSON.stringify(Object.entries(link).find(([key]) => key === name));
  return [...names].every((name) => member(a, name) === member(b, name));
}
