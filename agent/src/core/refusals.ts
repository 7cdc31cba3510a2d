import { type Code, type Fault, MINUTE_MS, type Millis } from '@ewon-agent/contracts';

/** What was refused last. Not saved. */
export type Refusal = { readonly code: Code; readonly atMs: Millis };

/** A hostile broker may repeat what it sends as fast as it can; a person learns from one event in this time. */
const TOLD_EVERY_MS: Millis = 10 * MINUTE_MS;

/** Tells whether a refusal is news; then it is what is remembered. A clock that jumped makes it news again. */
export function isNews(last: Refusal | undefined, { code }: Fault, atMs: Millis): boolean {
  return last?.code !== code || Math.abs(atMs - last.atMs) >= TOLD_EVERY_MS;
}
