import type { Millis } from '../units.ts';

/** Undoes one {@link ClockPort.after}; calling it twice, or after the call was made, does nothing. */
export type Cancel = () => void;

/**
 * Time, as the board tells it.
 *
 * Obligations:
 * - `now` may jump, forwards and backwards, and may stand at 1970: it is for showing and for messages only.
 * - `monotonic` never goes back, starts anywhere, and is what lengths of time are measured with.
 * - `after` calls once, not before `delayMs` have passed by `monotonic`, never from within `after` itself;
 *   calls due at the same time are made in the order they were asked for. A jump of `now` does not move them.
 */
export type ClockPort = {
  now(): Millis;
  monotonic(): Millis;
  after(delayMs: Millis, call: () => void): Cancel;
};
