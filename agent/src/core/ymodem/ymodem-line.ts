import { type Fault, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import { CANCEL_BYTES } from './ymodem-block.ts';

// What receiver and sender have in common: their events, how long they wait, and how they leave the line.
// Times are the monotonic ones of ClockPort; each event brings the time at which it happened.

export type YmodemEvent =
  | { readonly on: 'BytesCame'; readonly bytes: Uint8Array; readonly nowMs: Millis }
  /** The last `wait` is over. */
  | { readonly on: 'TimedOut'; readonly nowMs: Millis }
  /** The line is gone. */
  | { readonly on: 'HungUp'; readonly nowMs: Millis }
  /** Somebody here wants it to end: a person, or what takes the file. */
  | { readonly on: 'Stopped'; readonly fault: Fault; readonly nowMs: Millis };

export type LineEffect =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  /** `TimedOut` is wanted after this; it replaces the wait before. */
  | { readonly do: 'wait'; readonly ms: Millis }
  | { readonly do: 'progress'; readonly name: string; readonly doneBytes: number; readonly sizeBytes: number };

/** Protocol Reference 7.4: a block is awaited for 10 seconds, 10 times. */
export const BLOCK_WAIT_MS = 10 * SECOND_MS;
export const ERRORS_MAX = 10;
/** Protocol Reference 7.4: silence of a second ends a block, and the purge of one that was damaged. */
export const SILENCE_MS = SECOND_MS;
/** A person looks for the file, or for the menu, after the command was given. */
export const START_MAX_MS = 60 * SECOND_MS;
/** Noise that never pauses ends a purge, and the drain; 10 s are ten blocks at 9600 bit/s, and nobody sends more unanswered. */
export const NOISE_MAX_MS = 10 * SECOND_MS;
/** Less than a block is an answer that was on its way, and no sign of a sender that goes on. */
const BLOCK_BYTES_MIN = 128;
/** A peer that goes on after a cancel may have missed it: lrzsz throws away what came before it writes. */
const CANCELS_MAX = 3;

/** The transfer has an outcome; what still comes is thrown away until the line is silent, so that no shell reads it. */
export type Draining<Outcome> = {
  readonly at: 'draining';
  readonly outcome: Outcome;
  readonly sinceMs: Millis;
  /** Cancels that may still be sent: none when the peer knows that it is over. */
  readonly cancelsLeft: number;
  readonly heardBytes: number;
};

export type Drain = 'quietly' | 'cancel';

/** Leaves the line: cancels where the peer does not know yet, then waits for silence. */
export function drain<Outcome>(
  outcome: Outcome,
  how: Drain,
  nowMs: Millis,
): readonly [Draining<Outcome>, readonly LineEffect[]] {
  const cancelsLeft = how === 'cancel' ? CANCELS_MAX - 1 : 0;
  return [
    { at: 'draining', outcome, sinceMs: nowMs, cancelsLeft, heardBytes: 0 },
    [...(how === 'cancel' ? cancel() : []), { do: 'wait', ms: SILENCE_MS }],
  ];
}

/** Goes on draining; undefined when the line is silent, gone, or noisy beyond hope. */
export function goOnDraining<Outcome>(
  state: Draining<Outcome>,
  event: YmodemEvent,
): readonly [Draining<Outcome>, readonly LineEffect[]] | undefined {
  if (event.on === 'Stopped') return [state, []];
  if (event.on === 'HungUp' || event.nowMs - state.sinceMs >= NOISE_MAX_MS) return undefined;
  if (event.on === 'BytesCame')
    return [{ ...state, heardBytes: state.heardBytes + event.bytes.length }, [{ do: 'wait', ms: SILENCE_MS }]];
  if (state.heardBytes < BLOCK_BYTES_MIN || state.cancelsLeft === 0) return undefined;
  const again = { ...state, heardBytes: 0, cancelsLeft: state.cancelsLeft - 1 };
  return [again, [...cancel(), { do: 'wait', ms: SILENCE_MS }]];
}

function cancel(): readonly LineEffect[] {
  return [{ do: 'send', bytes: CANCEL_BYTES }];
}
