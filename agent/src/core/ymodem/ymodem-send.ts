import { err, type Fault, type Millis, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import { ACK, CAN, EOT, NAK, WANT_CRC, ymodemBlock } from './ymodem-block.ts';
import { type YmodemFile, ymodemHeader } from './ymodem-header.ts';
import {
  BLOCK_WAIT_MS,
  type Drain,
  type Draining,
  drain,
  ERRORS_MAX,
  goOnDraining,
  type LineEffect,
  SILENCE_MS,
  START_MAX_MS,
  type YmodemEvent,
} from './ymodem-line.ts';

// Sends a batch of files by YMODEM.
//
//   awaiting ──C or NAK──▶ naming ──ACK, C──▶ reading ◀──▶ sending ──ACK──▶ ending ──ACK──▶ awaiting the next …
//      │ all are sent: block 0 without a name                                                   │
//      ▼                                                                                        │
//   closing ──ACK──▶ draining ──silence──▶ finished          (errors and cancels go to draining)
//
// awaiting  the receiver has to ask first, for each file; nothing of it was sent.
// naming    block 0 was sent; its ACK, then the request for data come.
// reading   the next piece of the file is read here; nothing is on the line.
// sending   a block was sent and is not acknowledged.
// ending    all of the file is acknowledged, EOT is not.
// closing   all files are acknowledged; the end of the batch is not.

/** An answer of the source to `read`. */
export type PieceRead = { readonly on: 'PieceRead'; readonly bytes: Uint8Array; readonly nowMs: Millis };
export type SendEvent = YmodemEvent | PieceRead;

export type SendEffect =
  | LineEffect
  /** Wants bytes of a file: `lengthBytes` of them, that many are there as it was announced. */
  | { readonly do: 'read'; readonly index: number; readonly offsetBytes: number; readonly lengthBytes: number }
  | { readonly do: 'finish'; readonly result: Result<void> };

type Talk = {
  readonly index: number;
  readonly doneBytes: number;
  /** Number of the block that comes next. */
  readonly number: number;
  readonly check: 'crc' | 'sum';
  /** What was sent last, for when it is asked for again. */
  readonly sent: Uint8Array;
  /** Bytes of the file in it. */
  readonly sentBytes: number;
  readonly sentAtMs: Millis;
  readonly isNamed: boolean;
  readonly errors: number;
  readonly isSilent: boolean;
  /** The byte before was CAN, or backspaces after it. */
  readonly isCanHeard: boolean;
};
type Talking = Talk & { readonly at: 'awaiting' | 'naming' | 'reading' | 'sending' | 'ending' | 'closing' };
export type SendState = Talking | Draining<Result<void>> | { readonly at: 'finished' };

type Step = readonly [SendState, readonly SendEffect[]];

const BLOCK_BYTES = 1024;
/** The end of a file goes in short blocks, where a long one would be mostly padding. */
const LONG_FROM_BYTES = 896;
/** A receiver asks again after 10 seconds at the latest. */
const NEXT_WAIT_MS = 15 * SECOND_MS;
/**
 * The end of the batch, when all files are over there already: said again only to one who asks, because rz on a terminal
 * leaves with its last acknowledgement unsent, and then it is a shell that hears it.
 */
const GOODBYE_WAIT_MS = 5 * SECOND_MS;
const GOODBYES_MAX = 3;
const NOTHING = new Uint8Array(0);
const AT_FIRST: Talk = {
  ...{ index: 0, doneBytes: 0, number: 0, check: 'crc', sent: NOTHING, sentBytes: 0, sentAtMs: 0 },
  ...{ isNamed: false, errors: 0, isSilent: true, isCanHeard: false },
};

/**
 * Waits for a receiver to ask.
 * @param nowMs the monotonic time
 */
export function startSending(nowMs: Millis): Step {
  return [{ ...AT_FIRST, at: 'awaiting', sentAtMs: nowMs }, [{ do: 'wait', ms: START_MAX_MS }]];
}

/** Decides what is sent. Total and pure. Codes: YMODEM_*, and that of `Stopped`. */
export function sendTransition(files: readonly YmodemFile[], state: SendState, event: SendEvent): Step {
  if (state.at === 'finished') return [state, []];
  if (state.at === 'draining') {
    if (event.on === 'PieceRead') return [state, []];
    return goOnDraining(state, event) ?? [{ at: 'finished' }, [{ do: 'finish', result: state.outcome }]];
  }
  switch (event.on) {
    case 'BytesCame':
      return hear(files, state, event.bytes, event.nowMs);
    case 'PieceRead':
      return state.at === 'reading' ? sendPiece(state, event.bytes, event.nowMs) : [state, []];
    case 'TimedOut':
      return passTime(files, state, event.nowMs);
    case 'HungUp': {
      const isAllThere = files.length > 0 && state.index >= files.length;
      const result = isAllThere ? ok(undefined) : err('YMODEM_SILENT', `it hung up${where(files, state)}`);
      return [{ at: 'finished' }, [{ do: 'finish', result }]];
    }
    case 'Stopped':
      return fail(event.fault, 'cancel', event.nowMs);
  }
}

/** Reads answers up to the first that decides: what came behind it was said before it could be known what is sent now. */
function hear(files: readonly YmodemFile[], state: Talking, bytes: Uint8Array, nowMs: Millis): Step {
  let now: Talking = state;
  let effects: readonly SendEffect[] = [];
  for (const [at, byte] of bytes.entries()) {
    if (byte === CAN && (now.isCanHeard || bytes[at + 1] === CAN)) return cancelled(files, now, nowMs);
    const [next, more] = answer(files, { ...now, isCanHeard: byte === CAN }, byte, nowMs);
    effects = [...effects, ...more];
    if (next.at === 'draining' || next.at === 'finished') return [next, effects];
    if (more.some((effect) => effect.do === 'send' || effect.do === 'read'))
      return isCancelled(bytes.subarray(at + 1)) ? cancelled(files, next, nowMs) : [next, effects];
    now = next;
  }
  if (effects.length > 0) return [now, effects];
  // the time for an answer goes on, whatever noise comes
  return nowMs - now.sentAtMs >= patienceMs(now) ? passTime(files, now, nowMs) : [now, []];
}

function answer(files: readonly YmodemFile[], state: Talking, byte: number, nowMs: Millis): Step {
  const isAck = byte === ACK;
  // asked for while the last was on its way: that was before, and not about it
  const isWanted = byte === NAK || (byte === WANT_CRC && nowMs - state.sentAtMs >= SILENCE_MS);
  switch (state.at) {
    case 'awaiting':
      if (byte !== WANT_CRC && byte !== NAK) return [state, []];
      return name(
        files,
        { ...state, check: byte === NAK && state.index === 0 ? 'sum' : byte === NAK ? state.check : 'crc' },
        nowMs,
      );
    case 'naming':
      if (isAck) return [{ ...state, isNamed: true, errors: 0, isSilent: true }, []];
      if (state.isNamed && (byte === WANT_CRC || byte === NAK))
        return goOn(files, { ...state, check: byte === NAK ? 'sum' : 'crc' }, nowMs);
      return isWanted ? repeat(files, { ...state, isSilent: false }, nowMs) : [state, []];
    case 'reading':
      return [state, []];
    case 'sending':
      if (isAck)
        return goOn(files, { ...state, doneBytes: state.doneBytes + state.sentBytes, number: state.number + 1 }, nowMs);
      return byte === NAK || (isWanted && state.number === 1)
        ? repeat(files, { ...state, isSilent: false }, nowMs)
        : [state, []];
    case 'ending':
      if (isAck) return awaitNext({ ...state, index: state.index + 1, doneBytes: 0 }, nowMs);
      // the first is always refused, and is no error of the line
      return byte === NAK ? repeat(files, state, nowMs) : [state, []];
    case 'closing':
      if (isAck) return drain(ok(undefined), 'quietly', nowMs);
      return isWanted ? repeat(files, { ...state, isSilent: false }, nowMs) : [state, []];
  }
}

function passTime(files: readonly YmodemFile[], state: Talking, nowMs: Millis): Step {
  if (state.at === 'reading') return [state, []];
  if (state.at === 'awaiting') {
    // it has acknowledged all, and left without asking for more
    if (files.length > 0 && state.index >= files.length) return drain(ok(undefined), 'quietly', nowMs);
    if (state.index === 0)
      return fail(err('YMODEM_NOT_STARTED', `nobody asked in ${START_MAX_MS / SECOND_MS} s`).fault, 'cancel', nowMs);
    return fail(err('YMODEM_SILENT', 'nobody asked for the next file').fault, 'cancel', nowMs);
  }
  if (state.at === 'closing') return drain(ok(undefined), 'quietly', nowMs);
  return repeat(files, state, nowMs);
}

/** Sends the last once more. */
function repeat(files: readonly YmodemFile[], state: Talking, nowMs: Millis): Step {
  const errors = state.errors + 1;
  if (errors <= (state.at === 'closing' ? GOODBYES_MAX : ERRORS_MAX)) {
    // once block 0 is acknowledged it is the receiver who has to ask: a second one would be another file to it
    const again: readonly SendEffect[] =
      state.at === 'naming' && state.isNamed ? [] : [{ do: 'send', bytes: state.sent }];
    return [{ ...state, errors, sentAtMs: nowMs }, [...again, { do: 'wait', ms: patienceMs(state) }]];
  }
  // all files are acknowledged, only the goodbye is not
  if (state.at === 'closing') return drain(ok(undefined), 'quietly', nowMs);
  const fault = state.isSilent
    ? err('YMODEM_SILENT', `no answer came any more${where(files, state)}`).fault
    : err('YMODEM_ERRORS', `block ${state.number} was refused ${errors} times${where(files, state)}`).fault;
  return fail(fault, 'cancel', nowMs);
}

function awaitNext(state: Talking, nowMs: Millis): Step {
  const next: Talking = { ...state, at: 'awaiting', sentAtMs: nowMs, errors: 0, isSilent: true, isNamed: false };
  return [next, [{ do: 'wait', ms: NEXT_WAIT_MS }]];
}

/** Sends block 0 of the next file, or the one that says there is none. */
function name(files: readonly YmodemFile[], state: Talking, nowMs: Millis): Step {
  const file = files[state.index];
  const header = file ? ymodemHeader(file) : NOTHING;
  const named: Talking = { ...state, at: file ? 'naming' : 'closing', number: 0, doneBytes: 0, isNamed: false };
  const [sent, effects] = sendBlock(named, ymodemBlock(0, header, state.check, 0), 0, nowMs);
  if (!file) return [sent, effects];
  return [sent, [...effects, { do: 'progress', name: file.name, doneBytes: 0, sizeBytes: file.sizeBytes }]];
}

/** Block by block, then EOT. */
function goOn(files: readonly YmodemFile[], state: Talking, nowMs: Millis): Step {
  const file = files[state.index];
  if (!file) return [state, []];
  const told: SendEffect = { do: 'progress', name: file.name, doneBytes: state.doneBytes, sizeBytes: file.sizeBytes };
  const left = file.sizeBytes - state.doneBytes;
  if (left <= 0) {
    const [ended, effects] = sendBlock({ ...state, at: 'ending' }, Uint8Array.of(EOT), 0, nowMs);
    return [ended, [told, ...effects]];
  }
  const lengthBytes = left > LONG_FROM_BYTES ? Math.min(left, BLOCK_BYTES) : Math.min(left, 128);
  const number = state.at === 'naming' ? 1 : state.number;
  const read: SendEffect = { do: 'read', index: state.index, offsetBytes: state.doneBytes, lengthBytes };
  return [{ ...state, at: 'reading', number, sentBytes: lengthBytes }, [told, read]];
}

function sendPiece(state: Talking, bytes: Uint8Array, nowMs: Millis): Step {
  if (bytes.length !== state.sentBytes) {
    const detail = `the file ended at ${state.doneBytes + bytes.length} bytes, it was announced longer`;
    return fail(err('YMODEM_ERRORS', detail).fault, 'cancel', nowMs);
  }
  return sendBlock({ ...state, at: 'sending' }, ymodemBlock(state.number, bytes, state.check), bytes.length, nowMs);
}

function sendBlock(
  state: Talking,
  sent: Uint8Array,
  sentBytes: number,
  nowMs: Millis,
): readonly [Talking, readonly SendEffect[]] {
  const next = { ...state, sent, sentBytes, sentAtMs: nowMs, errors: 0, isSilent: true };
  return [
    next,
    [
      { do: 'send', bytes: sent },
      { do: 'wait', ms: BLOCK_WAIT_MS },
    ],
  ];
}

function cancelled(files: readonly YmodemFile[], state: Talking, nowMs: Millis): Step {
  return fail(err('YMODEM_CANCELLED', `by the other side${where(files, state)}`).fault, 'quietly', nowMs);
}

function fail(fault: Fault, how: Drain, nowMs: Millis): Step {
  return drain({ ok: false, fault }, how, nowMs);
}

function patienceMs({ at, index }: Talking): Millis {
  if (at === 'reading') return Number.POSITIVE_INFINITY;
  if (at === 'closing') return GOODBYE_WAIT_MS;
  if (at !== 'awaiting') return BLOCK_WAIT_MS;
  return index === 0 ? START_MAX_MS : NEXT_WAIT_MS;
}

function isCancelled(bytes: Uint8Array): boolean {
  return bytes.some((byte, at) => byte === CAN && bytes[at + 1] === CAN);
}

function where(files: readonly YmodemFile[], state: Talking): string {
  const file = files[state.index];
  return file ? `, ${state.doneBytes} of ${file.sizeBytes} bytes of ${file.name}` : '';
}
