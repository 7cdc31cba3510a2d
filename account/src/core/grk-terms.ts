import { DAY_MS, type Millis, type Timestamp, timestampOf } from '@ewon-agent/contracts';
import type { GrkRecord } from './records.ts';

/** Until when a registration key is good, and for how many Ewons; null is no end and no limit. */
export type GrkTerms = Pick<GrkRecord, 'expiresAt' | 'usesMax'>;

/**
 * The terms of a key that takes the place of another: as many uses, counted anew. An end that is still to come stays: it is that of a
 * site. One that is over is as far away again as it was when the old key was made, and at least a day: who set an end wanted no key
 * without one.
 */
export function termsAnew(old: GrkTerms & Pick<GrkRecord, 'createdAt'>, nowMs: Millis): GrkTerms {
  const { expiresAt, usesMax, createdAt } = old;
  const spanMs = (end: Timestamp) => Math.max(DAY_MS, Date.parse(end) - Date.parse(createdAt));
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= nowMs;
  return { usesMax, expiresAt: isOver ? timestampOf(nowMs + spanMs(expiresAt)) : expiresAt };
}
