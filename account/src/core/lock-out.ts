import { MINUTE_MS, type Millis } from '@ewon-agent/contracts';
import { loginKey } from './users.ts';

// Who guesses passwords is locked out, as a user and as a network, for some time. A try is counted before it is looked
// at, so that a hundred at once are no more than ten.

/** Failed tries of a user or of a network. Saved, because a restart would give ten more. */
export type Tries = { readonly failures: number; readonly lastAtMs: Millis };

export const FAILURES_MAX = 10;
export const LOCKED_OUT_MS = 15 * MINUTE_MS;

/** Counts a try as failed. `undefined`: it may not be made, and does not lengthen the time either. */
export function countTry(tries: Tries | undefined, nowMs: Millis): Tries | undefined {
  const counted = tries && !isOver(tries, nowMs) ? tries.failures : 0;
  return counted >= FAILURES_MAX ? undefined : { failures: counted + 1, lastAtMs: nowMs };
}

/**
 * Takes back one try that was none of a guesser. Those before it stay: of others on this network, or a guesser with a password of his own
 * would never be locked out; of a user, where it was no full proof of him.
 */
export function takeBackTry(tries: Tries): Tries | undefined {
  return tries.failures > 1 ? { ...tries, failures: tries.failures - 1 } : undefined;
}

/** When it may try again. Undefined: now. */
export function lockedUntil(tries: Tries | undefined, nowMs: Millis): Millis | undefined {
  return tries && tries.failures >= FAILURES_MAX && !isOver(tries, nowMs) ? tries.lastAtMs + LOCKED_OUT_MS : undefined;
}

/** Tells whether tries need not be remembered: they are old, or of a clock that has been set back since. */
export function isOver({ lastAtMs }: Tries, nowMs: Millis): boolean {
  return nowMs >= lastAtMs + LOCKED_OUT_MS || nowMs < lastAtMs - LOCKED_OUT_MS;
}

/** Since when the last try of a name must have been for it to be locked out still. */
export function lockedSince(nowMs: Millis): Millis {
  return nowMs - LOCKED_OUT_MS;
}

/** The network that tries are counted of under a name; undefined when they are of a user. */
export function networkOfTries(who: string): string | undefined {
  return who.startsWith(NETWORK) ? who.slice(NETWORK.length) : undefined;
}

const NETWORK = 'network ';

/** Under which name tries are counted. */
export function triesName(
  kind: 'user' | 'network',
  { login, network }: { readonly login: string; readonly network: string },
): string {
  return kind === 'user' ? `user ${loginKey(login)}` : `${NETWORK}${network}`;
}
