import { type Code, MINUTE_MS, type Millis } from '@ewon-agent/contracts';

/** When something was refused with a code last, and told. Not saved. */
export type Refusals = Readonly<Partial<Record<Code, Millis>>>;

/** A hostile broker may repeat what it sends as fast as it can; a person learns from one event of a code in this time. */
const TOLD_EVERY_MS: Millis = 10 * MINUTE_MS;

/** Takes note of a refusal that is to be told now; undefined for one that is no news. A clock that jumped makes it news again. */
export function noted(refusals: Refusals = {}, code: Code, atMs: Millis): Refusals | undefined {
  const lastMs = refusals[code];
  if (lastMs !== undefined && Math.abs(atMs - lastMs) < TOLD_EVERY_MS) return undefined;
  return { ...refusals, [code]: atMs };
}
