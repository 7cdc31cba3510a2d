import { DAY_MS, HOUR_MS, type LocationMessage, MINUTE_MS, type Millis, timestampOf } from '@ewon-agent/contracts';
import type { Verdict } from './locate.ts';
import type { LocationRecord } from './location.ts';

// When a place is looked for, and when again.

/** Who looks for a place has this long, before another may try: two questions to a service, and a slow database. */
export const LOOKING_MS = 2 * MINUTE_MS;
/** Access points and masts are moved and measured anew; a place that is asked for so seldom costs no quota. */
export const ANSWER_VALID_MS = 30 * DAY_MS;

const AGAIN_FIRST_MS = MINUTE_MS;
const AGAIN_MAX_MS = 6 * HOUR_MS;

/** Names what was told, so that a place found is kept only for that. */
export function evidenceKeyOf({ epoch, seq }: Pick<LocationMessage, 'epoch' | 'seq'>): string {
  return `${epoch} ${seq}`;
}

/**
 * The record after a place was looked for. Where a service did not answer, what else was found counts meanwhile, and it is
 * asked again after a minute, and after twice as long each time up to six hours.
 */
export function afterVerdict(
  record: LocationRecord,
  { verdict, evidenceKey, nowMs }: { readonly verdict: Verdict; readonly evidenceKey: string; readonly nowMs: Millis },
): LocationRecord {
  const { location, passed } = verdict;
  const failed = passed.some(({ why }) => why === 'service failed');
  const tries = failed ? record.tries + 1 : 0;
  const againMs = Math.min(AGAIN_FIRST_MS * 2 ** (tries - 1), AGAIN_MAX_MS);
  return { ...record, location, passed, evidenceKey, tries, dueAt: failed ? timestampOf(nowMs + againMs) : null };
}
