import { err, type Fault, type Millis, ok, type Result, SECOND_MS } from '@ewon-agent/contracts';
import {
  ACK,
  endsInCancel,
  firstHeard,
  type HeardFirst,
  heardInAll,
  NAK,
  WANT_CRC,
  type YmodemCheck,
} from './ymodem-block.ts';
import { endsBatch, readYmodemHeader, type YmodemFile } from './ymodem-header.ts';
import {
  BLOCK_WAIT_MS,
  type Drain,
  type Draining,
  drain,
  ERRORS_MAX,
  goOnDraining,
  type LineEffect,
  NOISE_MAX_MS,
  SILENCE_MS,
  START_MAX_MS,
  type YmodemEvent,
} from './ymodem-line.ts';

// Receives a batch of files by YMODEM.
//
//                 block 0 of a file            EOT, EOT: the file is whole
//   asking ─────────────────────▶ receiving ─────────────────────────────▶ asking …
//     │ block 0 without a name, or nobody asks for another file               │
//     ▼                              │ cancelled, errors, refused             │
//   draining ◀───────────────────────┴────────────────────────────────────────┘
//     ▼ silence, or the line is gone
//   finished
//
// asking     C was sent, three times, then NAK three times, and so on: whoever comes late finds one of them. No file is open.
// receiving  a file is open; blocks are taken in order, each is written before it is acknowledged.
// draining   the outcome is known, no file is open; what comes is thrown away.
// finished   nothing more is sent, and nothing read.
//
// What was damaged is thrown away until a second of silence; then the peer is asked to repeat it. Words of cancelling in the
// middle of that count only at its end: the bytes of a file may say CAN CAN as well.

export type ReceiveSettings = {
  /** Larger files are refused by their block 0. */
  readonly bytesMax: number;
  /** Files of one batch; a further one is refused, those before it stay. */
  readonly filesMax: number;
};

export type YmodemReceived = {
  readonly files: readonly YmodemFile[];
  /** The sender offered more files than were asked for. */
  readonly isMoreRefused: boolean;
};

export type ReceiveEffect =
  | LineEffect
  | { readonly do: 'open'; readonly file: YmodemFile }
  /** Never more bytes in all than the file announced. */
  | { readonly do: 'write'; readonly bytes: Uint8Array }
  /** The file is whole. */
  | { readonly do: 'close'; readonly file: YmodemFile }
  /** The file that is open will not become whole. */
  | { readonly do: 'discard' }
  | { readonly do: 'finish'; readonly result: Result<YmodemReceived> };

type Line = {
  /** Bytes that are not yet something; while purging the last of what was thrown away. */
  readonly heard: Uint8Array;
  /** Since when `heard` has not been empty. */
  readonly sinceMs: Millis;
  readonly isPurging: boolean;
  readonly check: YmodemCheck;
  /** Repetitions in a row. */
  readonly errors: number;
  /** None of them was because of something heard. */
  readonly isSilent: boolean;
};

type Asking = Line & {
  readonly at: 'asking';
  readonly askedSinceMs?: Millis;
  readonly asked: number;
  readonly files: readonly YmodemFile[];
};
type Receiving = Line & {
  readonly at: 'receiving';
  readonly files: readonly YmodemFile[];
  readonly file: YmodemFile;
  readonly doneBytes: number;
  /** Number of the block that comes next; the first has 1. */
  readonly next: number;
  /** One EOT was heard; it may have been damage, so a second one is asked for. */
  readonly isEotHeard: boolean;
};

export type ReceiveState = Asking | Receiving | Draining<Result<YmodemReceived>> | { readonly at: 'finished' };

type Step = readonly [ReceiveState, readonly ReceiveEffect[]];

/** Protocol Reference 7.4: a receiver asks for a file every 3 seconds at first, while it asks for a CRC. */
const ASK_EVERY_MS = 3 * SECOND_MS;
/** Of each letter in a row. */
const ASK_IN_A_ROW = 3;
/** One that does not end its batch after a whole file has no more to send. */
const ASK_FOR_MORE_MAX = 3;
/** A block of 1029 bytes takes 1.1 s at 9600 bit/s; one that drips for longer is no block. */
const BLOCK_MAX_MS = 20 * SECOND_MS;
/** Enough to know a cancel with its backspaces. */
const TAIL_BYTES = 64;
const NOTHING = new Uint8Array(0);
const QUIET: Line = { heard: NOTHING, sinceMs: 0, isPurging: false, check: 'crc', errors: 0, isSilent: true };

/** Begins to ask for files. */
export function startReceiving(): Step {
  return ask({ ...QUIET, at: 'asking', asked: 0, files: [] });
}

/** Decides what is answered. Total and pure. Codes: YMODEM_*, and that of `Stopped`. */
export function receiveTransition(settings: ReceiveSettings, state: ReceiveState, event: YmodemEvent): Step {
  if (state.at === 'finished') return [state, []];
  if (state.at === 'draining')
    return goOnDraining(state, event) ?? [{ at: 'finished' }, [{ do: 'finish', result: state.outcome }]];
  switch (event.on) {
    case 'BytesCame':
      return hear(settings, state, event.bytes, event.nowMs);
    case 'TimedOut':
      return passTime(settings, state, event.nowMs);
    case 'HungUp': {
      const [drained, effects] = fail(
        state,
        err('YMODEM_SILENT', `it hung up${where(state)}`).fault,
        'quietly',
        event.nowMs,
      );
      if (drained.at !== 'draining') return [drained, effects];
      const discards = effects.filter((effect) => effect.do === 'discard');
      return [{ at: 'finished' }, [...discards, { do: 'finish', result: drained.outcome }]];
    }
    case 'Stopped':
      return fail(state, event.fault, 'cancel', event.nowMs);
  }
}

function hear(settings: ReceiveSettings, state: Asking | Receiving, bytes: Uint8Array, nowMs: Millis): Step {
  if (bytes.length === 0) return [state, []];
  const isFirst = state.heard.length === 0;
  let now: ReceiveState = {
    ...state,
    heard: joined(state.heard, bytes),
    sinceMs: isFirst ? nowMs : state.sinceMs,
    ...(state.at === 'asking' ? { askedSinceMs: state.askedSinceMs ?? nowMs } : {}),
  };
  const all: ReceiveEffect[] = [];
  while ((now.at === 'asking' || now.at === 'receiving') && now.heard.length > 0) {
    if (now.isPurging) {
      const isEndless = nowMs - now.sinceMs >= NOISE_MAX_MS;
      now = { ...now, heard: now.heard.slice(-TAIL_BYTES) };
      return isEndless ? end(all, repeat(now, nowMs)) : [now, [...all, { do: 'wait', ms: SILENCE_MS }]];
    }
    const first = firstHeard(now.heard, now.check);
    if (first.is === 'part' && nowMs - now.sinceMs < BLOCK_MAX_MS)
      return [now, [...all, { do: 'wait', ms: SILENCE_MS }]];
    const [next, effects]: Step = take(settings, now, first, nowMs);
    all.push(...effects);
    now = next;
  }
  return [now, all];
}

function take(settings: ReceiveSettings, state: Asking | Receiving, first: HeardFirst, nowMs: Millis): Step {
  switch (first.is) {
    case 'cancel':
      return fail(state, err('YMODEM_CANCELLED', `by the other side${where(state)}`).fault, 'quietly', nowMs);
    case 'eot':
      return takeEot(without(state, 1), nowMs);
    case 'block': {
      const rest = without(state, first.length);
      return rest.at === 'asking'
        ? takeHeader(settings, { ...rest, check: first.check }, first, nowMs)
        : takeBlock(rest, first, nowMs);
    }
    default:
      return [
        { ...state, isPurging: true, sinceMs: nowMs, ...(state.at === 'receiving' ? { isEotHeard: false } : {}) },
        [{ do: 'wait', ms: SILENCE_MS }],
      ];
  }
}

type Block = HeardFirst & { readonly is: 'block' };

function takeHeader(settings: ReceiveSettings, state: Asking, block: Block, nowMs: Millis): Step {
  if (block.number !== 0) {
    // late, and acknowledged before; or the first of a sender of XMODEM, which has no block 0
    if (state.files.length > 0) return [state, [send(ACK), { do: 'wait', ms: ASK_EVERY_MS }]];
    return fail(state, err('YMODEM_HEADER_BAD', `block ${block.number} came before block 0`).fault, 'cancel', nowMs);
  }
  if (endsBatch(block.data))
    return end([send(ACK)], drain(ok({ files: state.files, isMoreRefused: false }), 'quietly', nowMs));
  if (state.files.length >= settings.filesMax)
    return drain(ok({ files: state.files, isMoreRefused: true }), 'cancel', nowMs);
  const header = readYmodemHeader(block.data);
  if (!header.ok) return fail(state, header.fault, 'cancel', nowMs);
  const file = header.value;
  if (file.sizeBytes > settings.bytesMax) {
    const fault = err('YMODEM_TOO_LARGE', `${file.name} has ${file.sizeBytes} bytes, limit ${settings.bytesMax}`).fault;
    return fail(state, fault, 'cancel', nowMs);
  }
  const { heard, sinceMs, isPurging, check } = state;
  const receiving: Receiving = {
    ...{ at: 'receiving', heard, sinceMs, isPurging, check, errors: 0, isSilent: true },
    ...{ files: state.files, file, doneBytes: 0, next: 1, isEotHeard: false },
  };
  return [
    receiving,
    [{ do: 'open', file }, progress(receiving), send(ACK, want(check)), { do: 'wait', ms: BLOCK_WAIT_MS }],
  ];
}

function takeBlock(state: Receiving, block: Block, nowMs: Millis): Step {
  const isAgain = block.number === ((state.next - 1) & 0xff);
  if (isAgain) {
    const errors = state.errors + 1;
    if (errors > ERRORS_MAX)
      return fail(state, err('YMODEM_ERRORS', `block ${block.number} came again and again`).fault, 'cancel', nowMs);
    // of block 0 the request for data may have been lost as well
    const answer = state.next === 1 ? send(ACK, want(state.check)) : send(ACK);
    const again = { ...state, errors, isSilent: false, isEotHeard: false };
    return [again, [answer, { do: 'wait', ms: BLOCK_WAIT_MS }]];
  }
  if (block.number !== (state.next & 0xff))
    return fail(
      state,
      err('YMODEM_ERRORS', `block ${block.number} came instead of ${state.next & 0xff}${where(state)}`).fault,
      'cancel',
      nowMs,
    );
  const bytes = block.data.subarray(0, state.file.sizeBytes - state.doneBytes);
  if (bytes.length === 0)
    return fail(
      state,
      err('YMODEM_TOO_LARGE', `more came than the announced ${state.file.sizeBytes} bytes`).fault,
      'cancel',
      nowMs,
    );
  const taken: Receiving = {
    ...state,
    doneBytes: state.doneBytes + bytes.length,
    next: state.next + 1,
    errors: 0,
    isSilent: true,
    isEotHeard: false,
  };
  return [taken, [{ do: 'write', bytes }, progress(taken), send(ACK), { do: 'wait', ms: BLOCK_WAIT_MS }]];
}

function takeEot(state: Asking | Receiving, nowMs: Millis): Step {
  if (state.at === 'asking') {
    // before any file it is noise; after one its acknowledgement was lost
    if (state.files.length === 0) return [state, [{ do: 'wait', ms: SILENCE_MS }]];
    if (state.asked > ERRORS_MAX) return drain(ok({ files: state.files, isMoreRefused: false }), 'cancel', nowMs);
    const again = { ...state, asked: state.asked + 1 };
    return [again, [send(ACK, want(state.check)), { do: 'wait', ms: ASK_EVERY_MS }]];
  }
  if (!state.isEotHeard) return [{ ...state, isEotHeard: true }, [send(NAK), { do: 'wait', ms: BLOCK_WAIT_MS }]];
  const { file, doneBytes, heard, sinceMs, isPurging, check } = state;
  if (doneBytes < file.sizeBytes)
    return fail(state, err('YMODEM_ERRORS', `it ended${where(state)}`).fault, 'cancel', nowMs);
  const line: Line = { heard, sinceMs, isPurging, check, errors: 0, isSilent: true };
  const asking: Asking = { ...line, at: 'asking', asked: 0, files: [...state.files, file] };
  return end([{ do: 'close', file }, send(ACK)], ask(asking));
}

/** A wait is over: of silence inside of something, or of nothing at all. */
function passTime(settings: ReceiveSettings, state: Asking | Receiving, nowMs: Millis): Step {
  if (state.heard.length === 0) return repeat(state, nowMs);
  if (endsInCancel(state.heard)) return take(settings, state, { is: 'cancel' }, nowMs);
  const inAll = state.isPurging ? undefined : heardInAll(state.heard, state.check);
  if (inAll?.is === 'block') return take(settings, state, inAll, nowMs);
  return repeat({ ...state, isSilent: false }, nowMs);
}

/** Asks for the same once more. */
function repeat(state: Asking | Receiving, nowMs: Millis): Step {
  const again = { ...state, heard: NOTHING, isPurging: false };
  if (again.at === 'asking') {
    const sinceMs = again.askedSinceMs ?? nowMs;
    if (again.files.length > 0 && again.asked >= ASK_FOR_MORE_MAX)
      return drain(ok({ files: again.files, isMoreRefused: false }), 'quietly', nowMs);
    if (again.asked > START_MAX_MS / ASK_EVERY_MS || nowMs - sinceMs > 2 * START_MAX_MS)
      return fail(
        again,
        err('YMODEM_NOT_STARTED', `no file came in ${START_MAX_MS / SECOND_MS} s`).fault,
        'cancel',
        nowMs,
      );
    return ask({ ...again, askedSinceMs: sinceMs });
  }
  const errors = again.errors + 1;
  if (errors > ERRORS_MAX) {
    const fault = again.isSilent
      ? err('YMODEM_SILENT', `nothing came any more${where(again)}`).fault
      : err('YMODEM_ERRORS', `block ${again.next} was damaged ${errors} times${where(again)}`).fault;
    return fail(again, fault, 'cancel', nowMs);
  }
  const isBegun = again.next > 1 || again.isEotHeard;
  return [{ ...again, errors }, [send(isBegun ? NAK : want(again.check)), { do: 'wait', ms: BLOCK_WAIT_MS }]];
}

function ask(state: Asking): Step {
  const asked = state.asked + 1;
  // after the first file the check is known
  const isKnown = state.files.length > 0;
  const letter = isKnown ? want(state.check) : Math.floor(state.asked / ASK_IN_A_ROW) % 2 === 0 ? WANT_CRC : NAK;
  const check = !isKnown && letter === NAK ? 'either' : state.check;
  return [{ ...state, asked, check }, [send(letter), { do: 'wait', ms: ASK_EVERY_MS }]];
}

function fail(state: Asking | Receiving, fault: Fault, how: Drain, nowMs: Millis): Step {
  return end(state.at === 'receiving' ? [{ do: 'discard' }] : [], drain({ ok: false, fault }, how, nowMs));
}

function end(before: readonly ReceiveEffect[], [state, effects]: Step): Step {
  return [state, [...before, ...effects]];
}

function without<S extends Asking | Receiving>(state: S, length: number): S {
  return { ...state, heard: state.heard.slice(length) };
}

function want(check: YmodemCheck): number {
  return check === 'sum' ? NAK : WANT_CRC;
}

function send(...bytes: readonly number[]): ReceiveEffect {
  return { do: 'send', bytes: Uint8Array.from(bytes) };
}

function progress({ file, doneBytes }: Receiving): ReceiveEffect {
  return { do: 'progress', name: file.name, doneBytes, sizeBytes: file.sizeBytes };
}

function where(state: Asking | Receiving): string {
  return state.at === 'receiving' ? `, ${state.doneBytes} of ${state.file.sizeBytes} bytes of ${state.file.name}` : '';
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
