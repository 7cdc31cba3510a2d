import { MINUTE_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';

/** Longest wait between two attempts: a network that comes back is noticed within this. */
export const BACKOFF_MAX_MS: Millis = 5 * MINUTE_MS;
const BACKOFF_BASE_MS: Millis = SECOND_MS;
/** A broken network must not make a busy loop of us, whatever the jitter says. */
const BACKOFF_MIN_MS: Millis = 100;
/** An account may ask for patience, but not for more than this. */
const RETRY_AFTER_MAX_MS: Millis = 60 * MINUTE_MS;

/**
 * Chooses how long to wait before the next attempt: full jitter, so that a thousand devices that lost the same
 * network do not come back in the same second.
 * @param attempt how many attempts have failed in a row, from 1
 * @param fraction even over [0, 1)
 * @param retryAfterMs what the other side asked for; a lower bound
 */
export function backoffMs(attempt: number, fraction: number, retryAfterMs: Millis = 0): Millis {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 20));
  const asked = Math.min(Math.max(0, retryAfterMs), RETRY_AFTER_MAX_MS);
  return Math.max(BACKOFF_MIN_MS, asked + Math.floor(fraction * ceiling));
}
