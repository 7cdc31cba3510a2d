import type { TagReading } from '@ewon-agent/contracts';
import { NUMBER } from './row-line.ts';

/**
 * Compares what a tag stands at with what was asked of it. A floating point tag has 32 bits, so 40.1 comes back as 40.0999985.
 * @returns `never` when a tag of numbers is asked for text
 */
export function sameTagValue(is: TagReading['value'], asked: string): 'same' | 'other' | 'never' {
  if (typeof is === 'string') return is === asked ? 'same' : 'other';
  if (!NUMBER.test(asked)) return 'never';
  const wanted = Number(asked);
  return Math.abs(Number(is) - wanted) <= Math.abs(wanted) * FLOAT_PRECISION ? 'same' : 'other';
}

/** A little more than half a unit in the last place of 24 bits, as the Ewon prints some seven digits of it. */
const FLOAT_PRECISION = 1e-6;
