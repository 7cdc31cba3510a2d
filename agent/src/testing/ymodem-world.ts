import type { Fault, Millis, Result } from '@ewon-agent/contracts';
import { BS, CAN } from '../core/ymodem/ymodem-block.ts';
import type { YmodemFile } from '../core/ymodem/ymodem-header.ts';
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

/** What a line makes of bytes on their way; none is all of them lost. */
export type LineFaults = (bytes: Uint8Array) => Uint8Array;

export type TestFile = YmodemFile & { readonly content: Uint8Array };

/** What happens between a sender and a receiver of ours in a time of their own. */
export type YmodemWorld = {
  readonly files: readonly TestFile[];
  readonly settings: ReceiveSettings;
  readonly toReceiver?: LineFaults;
  readonly toSender?: LineFaults;
  /** Called after each thing that happened, with their number; may post further events. */
  readonly after?: (
    count: number,
    post: { sender(event: SendEvent): void; receiver(event: SendEvent): void },
    nowMs: Millis,
  ) => void;
  /** Bytes of the sender until the line is gone at both sides. */
  readonly hangUpAfterBytes?: number;
};

export type YmodemOutcome = {
  readonly sent: Result<void>;
  readonly received: Result<YmodemReceived>;
  /** Files that were closed as whole, in their order. */
  readonly whole: readonly { readonly file: YmodemFile; readonly content: Uint8Array }[];
  readonly discarded: number;
  readonly tookMs: Millis;
  /** Bytes that came to a side after it had finished, so that a shell would read them. CAN and backspace are no words to one. */
  readonly spilledBytes: number;
  readonly sentBytes: number;
};

type Happening = { readonly atMs: Millis; readonly order: number; readonly call: () => void };

/** Bytes take as long as at 115,200 bit/s. */
const MS_PER_BYTE = 10_000 / 115_200;
const HAPPENINGS_MAX = 200_000;

/** Runs both to their ends. Throws when one does not come to an end, or writes what it may not. */
export function playYmodem(world: YmodemWorld): YmodemOutcome {
  const happenings: Happening[] = [];
  let nowMs = 5000;
  let order = 0;
  const at = (delayMs: Millis, call: () => void) => happenings.push({ atMs: nowMs + delayMs, order: order++, call });

  let sender: SendState = { at: 'finished' };
  let receiver: ReceiveState = { at: 'finished' };
  let sent: Result<void> | undefined;
  let received: Result<YmodemReceived> | undefined;
  const timers = { sender: 0, receiver: 0 };
  let open: { readonly file: YmodemFile; readonly pieces: Uint8Array[] } | undefined;
  const whole: { file: YmodemFile; content: Uint8Array }[] = [];
  let [discarded, spilledBytes, sentBytes] = [0, 0, 0];
  let isGone = false;

  const carry = (bytes: Uint8Array, faults: LineFaults | undefined, to: (event: SendEvent) => void) => {
    if (isGone) return;
    const coming = faults ? faults(bytes) : bytes;
    if (coming.length > 0)
      at(coming.length * MS_PER_BYTE, () => {
        if (!isGone) to({ on: 'BytesCame', bytes: coming, nowMs });
      });
  };
  const wait = (side: 'sender' | 'receiver', ms: Millis, post: (event: SendEvent) => void) => {
    const mine = ++timers[side];
    at(ms, () => timers[side] === mine && post({ on: 'TimedOut', nowMs }));
  };
  const hangUp = () => {
    isGone = true;
    at(0, () => postSender({ on: 'HungUp', nowMs }));
    at(0, () => postReceiver({ on: 'HungUp', nowMs }));
  };

  const doSend = (effect: SendEffect) => {
    if (sent) throw new Error(`the sender ${effect.do}s after its end`);
    if (effect.do === 'send') {
      const limit = world.hangUpAfterBytes ?? Number.POSITIVE_INFINITY;
      carry(effect.bytes.subarray(0, Math.max(0, limit - sentBytes)), world.toReceiver, postReceiver);
      sentBytes += effect.bytes.length;
      if (sentBytes > limit) at(200, hangUp);
    } else if (effect.do === 'wait') wait('sender', effect.ms, postSender);
    else if (effect.do === 'read') {
      const { index, offsetBytes, lengthBytes } = effect;
      const bytes = world.files[index]?.content.subarray(offsetBytes, offsetBytes + lengthBytes) ?? new Uint8Array(0);
      at(0, () => postSender({ on: 'PieceRead', bytes, nowMs }));
    } else if (effect.do === 'finish') sent = effect.result;
  };
  const doReceive = (effect: ReceiveEffect) => {
    if (received) throw new Error(`the receiver ${effect.do}s after its end`);
    if (effect.do === 'send') carry(effect.bytes, world.toSender, postSender);
    else if (effect.do === 'wait') wait('receiver', effect.ms, postReceiver);
    else if (effect.do === 'open') open = { file: effect.file, pieces: [] };
    else if (effect.do === 'write') open?.pieces.push(effect.bytes);
    else if (effect.do === 'discard') {
      if (!open) throw new Error('nothing is open that could be discarded');
      discarded += 1;
      open = undefined;
    } else if (effect.do === 'close') {
      if (!open) throw new Error('nothing is open that could be closed');
      whole.push({ file: open.file, content: Buffer.concat(open.pieces) });
      open = undefined;
    } else if (effect.do === 'finish') {
      if (open) throw new Error('it finishes with an open file');
      received = effect.result;
    }
  };
  const postSender = (event: SendEvent) => {
    if (sender.at === 'finished' && event.on === 'BytesCame')
      spilledBytes += event.bytes.filter((byte) => byte !== CAN && byte !== BS).length;
    const [next, effects] = sendTransition(world.files, sender, event);
    sender = next;
    effects.forEach(doSend);
  };
  const postReceiver = (event: SendEvent) => {
    if (event.on === 'PieceRead') return;
    if (receiver.at === 'finished' && event.on === 'BytesCame')
      spilledBytes += event.bytes.filter((byte) => byte !== CAN && byte !== BS).length;
    const [next, effects] = receiveTransition(world.settings, receiver, event);
    receiver = next;
    effects.forEach(doReceive);
  };

  const [firstSend, sendEffects] = startSending(nowMs);
  sender = firstSend;
  sendEffects.forEach(doSend);
  const [firstReceive, receiveEffects] = startReceiving();
  receiver = firstReceive;
  receiveEffects.forEach(doReceive);
  let count = 0;
  while (!sent || !received) {
    const next = earliest(happenings);
    if (!next || ++count > HAPPENINGS_MAX) throw new Error(`no end: ${sender.at}, ${receiver.at}, after ${count}`);
    nowMs = next.atMs;
    next.call();
    world.after?.(count, { sender: postSender, receiver: postReceiver }, nowMs);
  }
  return { sent, received, whole, discarded, tookMs: nowMs - 5000, spilledBytes, sentBytes };
}

/** Codes of both sides, `ok` where there is none. */
export function codesOf({ sent, received }: YmodemOutcome): readonly string[] {
  const code = (fault: Fault) => fault.code;
  return [sent.ok ? 'ok' : code(sent.fault), received.ok ? 'ok' : code(received.fault)];
}

/** A seeded dice: the same seed throws the same. @returns numbers from 0 to 1, without 1 */
export function dice(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A line that drops, flips or doubles each byte with a chance. */
export function lossyLine(throwDice: () => number, chance: number): LineFaults {
  return (bytes) => {
    const through: number[] = [];
    for (const byte of bytes) {
      if (throwDice() >= chance) through.push(byte);
      else {
        const kind = Math.floor(throwDice() * 3);
        if (kind === 1) through.push(byte ^ (1 << Math.floor(throwDice() * 8)));
        if (kind === 2) through.push(byte, byte);
      }
    }
    return Uint8Array.from(through);
  };
}

function earliest(happenings: Happening[]): Happening | undefined {
  let best = 0;
  for (const [at, { atMs, order }] of happenings.entries()) {
    const first = happenings[best];
    if (first && (atMs < first.atMs || (atMs === first.atMs && order < first.order))) best = at;
  }
  return happenings.splice(best, 1)[0];
}
