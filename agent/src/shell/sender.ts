import {
  type AckMessage,
  type Cancel,
  CHANNELS,
  type ClockPort,
  type DeviceAddress,
  type LogPort,
  MINUTE_MS,
  type OutboxEntry,
  type OutboxKind,
  type OutboxPort,
  SECOND_MS,
  type SeqRange,
  topicFor,
  type UpChannel,
  type UplinkSession,
} from '@ewon-agent/contracts';
import { payloadOf } from '../core/outbox-payload.ts';
import { createSendLanes, LOAD_COUNT, type SendLanes } from '../core/send-lanes.ts';
import type { Outbox } from './outbox.ts';

/** Sends what waits in the outbox over one session, until that ends. */
export type Sender = {
  /** The account has committed something. */
  acknowledged(ack: AckMessage): void;
  stop(): void;
};

type Parts = {
  readonly port: Pick<OutboxPort, 'epoch' | 'waiting' | 'remove'>;
  readonly onAccepted: Outbox['onAccepted'];
  readonly clock: Pick<ClockPort, 'after'>;
  readonly log: LogPort;
  readonly address: DeviceAddress;
  readonly session: UplinkSession;
  /** Place of the session's "online": what was made before is historical. Not by time: the clock may have jumped. */
  readonly sinceSeq: number;
};

/** The channel each kind of message goes to. */
const CHANNEL_OF: Record<OutboxKind, UpChannel> = { alarm: 'event', event: 'event', telemetry: 'telemetry' };
/**
 * An account that commits answers within a second; one that is down, or lost what its broker had acknowledged, is sent
 * the same again: after half a minute, then ever later, because each time costs what the line costs.
 */
const PATIENCE_MS = 30 * SECOND_MS;
const PATIENCE_MAX_MS = 15 * MINUTE_MS;

/**
 * What is acknowledged leaves the disk together, because each commit flushes it, and the process waits: a drain would take
 * a third longer, and the flash wear out the sooner. What a power cut keeps there is sent again, and the account knows it.
 */
const REMOVE_AFTER_MS = 200;
const REMOVE_COUNT = 1000;

/** Begins at once with what waits. A session that fails is told by the session itself. */
export function startSender(parts: Parts): Sender {
  const { port, clock, session, log } = parts;
  const { epoch } = port;
  const lanes = createSendLanes();
  let isStopped = false;
  let impatience: Cancel | undefined;
  let patienceMs = PATIENCE_MS;
  const leaving = new Map<string, SeqRange[]>(); // epoch → acknowledged
  let leavingCount = 0;
  let removing: Cancel | undefined;

  const removeNow = () => {
    removing?.();
    removing = undefined;
    for (const [from, ranges] of leaving) {
      const removed = port.remove(from, ranges);
      // what could not be removed comes again with the next session, and the account knows it
      if (!removed.ok) log.write('error', 'uplink', 'acknowledged, but not removed', { code: removed.fault.code });
    }
    leaving.clear();
    leavingCount = 0;
    lanes.removed();
  };
  const removeSoon = (from: string, ranges: readonly SeqRange[]) => {
    leaving.set(from, [...(leaving.get(from) ?? []), ...ranges]);
    for (const [first, last] of ranges) leavingCount += last - first + 1;
    if (leavingCount >= REMOVE_COUNT) removeNow();
    else removing ??= clock.after(REMOVE_AFTER_MS, removeNow);
  };
  const waitForAck = () => {
    impatience ??= clock.after(patienceMs, () => {
      impatience = undefined;
      patienceMs = Math.min(2 * patienceMs, PATIENCE_MAX_MS);
      log.write('warn', 'uplink', 'the account has not acknowledged; sending again', { count: lanes.unacknowledged() });
      lanes.again();
      pump();
    });
  };
  const stopWaiting = () => {
    impatience?.();
    impatience = undefined;
  };
  function pump(): void {
    if (isStopped) return;
    for (let next = nextOf(lanes, port); next; next = nextOf(lanes, port)) send(next);
    if (lanes.unacknowledged() > 0) waitForAck();
  }
  function send(entry: OutboxEntry): void {
    const channel = CHANNEL_OF[entry.kind];
    const historical = entry.epoch !== epoch || entry.seq < parts.sinceSeq;
    const payload = payloadOf(entry, { historical });
    void session.send({ topic: topicFor(parts.address, channel), payload, ...CHANNELS[channel] }).then((sent) => {
      lanes.left(entry);
      if (sent.ok) return pump();
      // the session ends with that, but for a message that is too large for any broker: it must not stand in the way
      log.write('debug', 'uplink', 'not sent', { channel, code: sent.fault.code });
      if (sent.fault.code !== 'BAD_REQUEST') return;
      port.remove(entry.epoch, lanes.acknowledged({ epoch: entry.epoch, ranges: [[entry.seq, entry.seq]] }));
      log.write('error', 'uplink', 'a message that cannot be sent was given up', { channel, seq: entry.seq });
    });
  }
  const stopListening = parts.onAccepted((entries) => {
    for (const entry of entries) lanes.accepted(entry);
    pump();
  });
  pump();

  return {
    acknowledged(ack) {
      if (isStopped) return;
      const ranges = lanes.acknowledged(ack);
      if (ranges.length === 0) return;
      removeSoon(ack.epoch, ranges);
      patienceMs = PATIENCE_MS;
      stopWaiting();
      pump();
    },
    stop() {
      if (!isStopped) removeNow();
      isStopped = true;
      stopWaiting();
      stopListening();
    },
  };
}

/** The next message to be sent, read from the disk when the memory has no more. */
function nextOf(lanes: SendLanes, port: Pick<OutboxPort, 'waiting'>): OutboxEntry | undefined {
  for (let after = lanes.wantsAfter(); after !== undefined; after = lanes.wantsAfter())
    lanes.loaded(port.waiting(after, LOAD_COUNT));
  return lanes.next();
}
