import type { Readable, Writable } from 'node:stream';
import { type ClockPort, err, type Fault, type Millis, type Result } from '@ewon-agent/contracts';
import type { YmodemFile } from '../core/ymodem/ymodem-header.ts';
import type { LineEffect, YmodemEvent } from '../core/ymodem/ymodem-line.ts';
import {
  type ReceiveEffect,
  type ReceiveSettings,
  type ReceiveState,
  receiveTransition,
  startReceiving,
  type YmodemReceived,
} from '../core/ymodem/ymodem-receive.ts';
import {
  type SendEffect,
  type SendEvent,
  type SendState,
  sendTransition,
  startSending,
} from '../core/ymodem/ymodem-send.ts';

/** Two directions of bytes, such as a serial port (both are the same Duplex) or the two pipes of a program. */
export type ByteLine = { readonly input: Readable; readonly output: Writable };

type Common = {
  readonly line: ByteLine;
  readonly clock: Pick<ClockPort, 'monotonic' | 'after'>;
  readonly progress?: (progress: Omit<LineEffect & { readonly do: 'progress' }, 'do'>) => void;
  /** Cancels at both sides; the transfer ends with YMODEM_CANCELLED once the line is silent. */
  readonly signal?: AbortSignal;
};

/** Takes what is received. A fault that it answers ends the transfer at both sides with that fault. */
export type YmodemSink = {
  open(file: YmodemFile): Promise<Result<void>>;
  /** @param bytes are its own; never more in all than the file announced */
  write(bytes: Uint8Array): Promise<Result<void>>;
  /** The file is whole. The sender is told so only after this is done. */
  close(file: YmodemFile): Promise<Result<void>>;
  /** The file that was opened will not become whole; called also after a fault of `open`, `write` or `close`. */
  discard(): Promise<void>;
};

/** A file to be sent. */
export type YmodemSource = YmodemFile & {
  /** Answers exactly `lengthBytes` bytes from `offsetBytes` on, or the transfer ends. */
  read(offsetBytes: number, lengthBytes: number): Promise<Result<Uint8Array>>;
};

/**
 * Receives files by YMODEM. The line belongs to it until it answers: at least a second of silence after the end, eleven at most
 * with a peer that does not stop.
 * @returns the files that were closed. Codes: YMODEM_*, and those of the sink. Files closed before a fault stay closed.
 */
export function receiveYmodem(
  wanted: Common & { readonly settings: ReceiveSettings; readonly sink: YmodemSink },
): Promise<Result<YmodemReceived>> {
  const { settings, sink } = wanted;
  let isOpen = false;
  let state: ReceiveState;
  return run<ReceiveEffect, YmodemEvent, YmodemReceived>(wanted, {
    start() {
      const [first, effects] = startReceiving();
      state = first;
      return effects;
    },
    decide(event) {
      const [next, effects] = receiveTransition(settings, state, event);
      state = next;
      return effects;
    },
    async perform(effect) {
      switch (effect.do) {
        case 'open':
          isOpen = true;
          return faultOf(await sink.open(effect.file));
        case 'write':
          return faultOf(await sink.write(effect.bytes));
        case 'close': {
          const closed = await sink.close(effect.file);
          if (closed.ok) isOpen = false;
          return faultOf(closed);
        }
        case 'finish':
        case 'discard':
          if (isOpen) await sink.discard();
          isOpen = false;
      }
      return undefined;
    },
  });
}

/**
 * Sends files by YMODEM, as one batch. The line belongs to it until it answers, see {@link receiveYmodem}.
 * Codes: YMODEM_*, and those of the sources.
 */
export function sendYmodem(wanted: Common & { readonly files: readonly YmodemSource[] }): Promise<Result<void>> {
  const { files, clock } = wanted;
  let state: SendState;
  return run<SendEffect, SendEvent, void>(wanted, {
    start(nowMs) {
      const [first, effects] = startSending(nowMs);
      state = first;
      return effects;
    },
    decide(event) {
      const [next, effects] = sendTransition(files, state, event);
      state = next;
      return effects;
    },
    async perform(effect, post) {
      if (effect.do !== 'read') return undefined;
      const read = await files[effect.index]?.read(effect.offsetBytes, effect.lengthBytes);
      if (!read?.ok) return read?.fault;
      post({ on: 'PieceRead', bytes: read.value, nowMs: clock.monotonic() });
      return undefined;
    },
  });
}

type Machine<Effect, Event> = {
  start(nowMs: Millis): readonly Effect[];
  decide(event: Event | YmodemEvent): readonly Effect[];
  /** Does what is not about the line. @returns why it did not work */
  perform(effect: Effect, post: (event: Event) => void): Promise<Fault | undefined>;
};
type AnyEffect<Outcome> =
  | LineEffect
  | { readonly do: 'finish'; readonly result: Result<Outcome> }
  | { readonly do: OtherEffect };
type OtherEffect = 'open' | 'write' | 'close' | 'discard' | 'read';

/** Runs a machine over a line to its end: one event after another, the effects of each in their order. */
function run<Effect extends AnyEffect<Outcome>, Event, Outcome>(
  { line: { input, output }, clock, progress, signal }: Common,
  machine: Machine<Effect, Event>,
): Promise<Result<Outcome>> {
  return new Promise((resolve) => {
    type Queued = { readonly effects: () => readonly Effect[] };
    const queue: Queued[] = [];
    let isRunning = false;
    let isOver = false;
    let cancelWait = () => {};
    let wait = 0;

    const queued = (effects: () => readonly Effect[]) => {
      if (isOver) return;
      queue.push({ effects });
      if (!isRunning) void pump();
    };
    const post = (event: Event | YmodemEvent) => queued(() => machine.decide(event));

    const onData = (bytes: Uint8Array) => post({ on: 'BytesCame', bytes, nowMs: clock.monotonic() });
    const onGone = () => post({ on: 'HungUp', nowMs: clock.monotonic() });
    const onStop = () =>
      post({ on: 'Stopped', fault: err('YMODEM_CANCELLED', 'here').fault, nowMs: clock.monotonic() });
    const onTime = (which: number) =>
      queued(() => (which === wait ? machine.decide({ on: 'TimedOut', nowMs: clock.monotonic() }) : []));

    const finish = (result: Result<Outcome>) => {
      isOver = true;
      cancelWait();
      input.off('data', onData);
      for (const name of GONE) input.off(name, onGone).pause();
      for (const name of GONE) output.off(name, onGone);
      signal?.removeEventListener('abort', onStop);
      resolve(result);
    };

    const perform = async (effect: Effect): Promise<Fault | undefined> => {
      switch (effect.do) {
        case 'send':
          // its answer is waited for, not its writing: a line that takes nothing never says so
          if (output.writable) output.write(effect.bytes);
          return undefined;
        case 'wait':
          cancelWait();
          wait += 1;
          cancelWait = clock.after(effect.ms, onTime.bind(undefined, wait));
          return undefined;
        case 'progress':
          progress?.({ name: effect.name, doneBytes: effect.doneBytes, sizeBytes: effect.sizeBytes });
          return undefined;
        case 'finish':
          await machine.perform(effect, post);
          finish(effect.result);
          return undefined;
        default:
          return machine.perform(effect, post);
      }
    };

    const pump = async () => {
      isRunning = true;
      // what comes meanwhile waits in the stream, not here
      input.pause();
      for (let next = queue.shift(); next && !isOver; next = queue.shift()) {
        for (const effect of next.effects()) {
          const fault = await perform(effect);
          if (!fault) continue;
          // what would have followed, such as an acknowledgement, is not true any more
          queue.unshift({ effects: () => machine.decide({ on: 'Stopped', fault, nowMs: clock.monotonic() }) });
          break;
        }
      }
      isRunning = false;
      if (!isOver) input.resume();
    };

    input.on('data', onData);
    for (const name of GONE) input.on(name, onGone);
    for (const name of GONE) output.on(name, onGone);
    signal?.addEventListener('abort', onStop);
    queued(() => machine.start(clock.monotonic()));
    if (signal?.aborted) onStop();
    if (input.destroyed || input.readableEnded || output.destroyed) onGone();
  });
}

const GONE = ['end', 'close', 'error', 'finish'] as const;

function faultOf(result: Result<void>): Fault | undefined {
  return result.ok ? undefined : result.fault;
}
