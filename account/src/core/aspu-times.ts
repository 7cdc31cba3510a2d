import { DAY_MS, type Millis, SECOND_MS, timestampOf } from '@ewon-agent/contracts';
import type { AspuRole } from './aspu-names.ts';

// How long files of the repository of patches hold, and how they are numbered.

/** Until when a file holds that is signed now. */
export const ROLE_VALID_MS: Readonly<Record<AspuRole, Millis>> = {
  root: 730 * DAY_MS, // people with keys in drawers meet once in two years
  targets: 365 * DAY_MS, // who answers for the patches looks at them once a year at least
  snapshot: 7 * DAY_MS, // without the timestamp nobody takes one for new, so it need not be short
  timestamp: DAY_MS, // how long somebody on the way may hide a patch from a device
};

/** What needs people is told so long before it expires: a month has one day at which they are all there. */
const PEOPLE_NEED_MS = 30 * DAY_MS;

/** `expires` as TUF writes it: without fractions of a second. */
export function expiryOf(atMs: Millis): string {
  return timestampOf(Math.floor(atMs / SECOND_MS) * SECOND_MS).replace('.000Z', 'Z');
}

/** Tells whether to sign it anew: half its time is left for a server that is off, or a clock that is wrong. */
export function isDue(role: 'snapshot' | 'timestamp', expiresMs: Millis, nowMs: Millis): boolean {
  return expiresMs - nowMs < ROLE_VALID_MS[role] / 2;
}

/** Tells whether people must soon sign it anew. */
export function expiresSoon(expiresMs: Millis, nowMs: Millis): boolean {
  return expiresMs - nowMs < PEOPLE_NEED_MS;
}

/**
 * The next version of a file: at least the time in seconds, so that a repository that was restored from a backup is not taken
 * for an older one.
 * @param last undefined begins anew
 */
export function nextFileVersion(last: number | undefined, nowMs: Millis): number {
  return Math.max((last ?? 0) + 1, Math.floor(nowMs / SECOND_MS));
}

/**
 * Tells whether a version is one that we never came to by ourselves: somebody with our keys has run it forward, so that devices
 * take nothing lower any more (the fast-forward attack, TUF 1.0 §1.5.2). A clock that was wrong by a year is none.
 */
export function isFastForwarded(version: number, nowMs: Millis): boolean {
  return version > (nowMs + 366 * DAY_MS) / SECOND_MS;
}
