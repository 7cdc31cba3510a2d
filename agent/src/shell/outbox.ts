import {
  type Cancel,
  type ClockPort,
  err,
  type Fault,
  KIB,
  OUTBOX_MESSAGE_BYTES,
  type OutboxEntry,
  type OutboxKind,
  type OutboxMessage,
  type OutboxOpened,
  type OutboxPort,
  ok,
  type Result,
} from '@ewon-agent/contracts';
import { nothingProduced, offlineHours, perDay, withProduced } from '../core/outbox-rate.ts';
import { OUTBOX_LIMITS, type OutboxBytes, type OutboxLimits, planRoom } from '../core/outbox-room.ts';
import { createDropReport, type OutboxCounts } from './outbox-drops.ts';
import { createRoomMaker } from './outbox-room-maker.ts';

export type OutboxParts = {
  readonly port: OutboxPort;
  readonly clock: ClockPort;
  readonly limits?: OutboxLimits;
  /** Told what was given up or refused since it was told last: the first time soon, then at most every ten minutes. */
  readonly dropped: (counts: OutboxCounts) => void;
  /** Told once of a damaged file, whether it was found at the start or later. */
  readonly damaged: (opened: OutboxOpened) => void;
};

/** What `health` tells of the outbox. What is not known yet is undefined. */
export type OutboxFacts = {
  readonly queued: number;
  readonly queuedBytes: number;
  /** How long what comes at the present rate has room. */
  readonly offlineHours: number | undefined;
  readonly commitsPerDay: number | undefined;
  readonly bytesPerDay: number | undefined;
  /** Given up or refused since the start. */
  readonly dropped: OutboxCounts;
};

/** Takes what is to be sent: it counts as accepted when it is on the disk. */
export type Outbox = {
  /**
   * Accepts a message together with all others of this turn of the event loop: one flush of the disk serves them all.
   * Codes: STATE_UNWRITABLE (nothing was kept), OUTBOX_FULL. While the disk takes nothing it is tried once each turn.
   */
  accept(message: OutboxMessage): Promise<Result<OutboxEntry>>;
  /** Accepts a message, and with it what was collected, before it returns. Codes as {@link Outbox.accept}. */
  acceptNow(message: OutboxMessage): Result<OutboxEntry>;
  /** Calls with each group that was accepted, in order of place. */
  onAccepted(listener: (entries: readonly OutboxEntry[]) => void): Cancel;
  facts(): OutboxFacts;
  /** Commits what was collected and tells what was dropped. The port stays open. */
  close(): void;
};

/** What is collected at most, then it is committed within the turn: so long is the longest pause, so much the memory. */
const GROUP_MAX = 1000;
const GROUP_MAX_BYTES = 256 * KIB;

type Collected = { readonly message: OutboxMessage; readonly answer: (result: Result<OutboxEntry>) => void };

/** Joins the port with the policy and the commit of groups. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { port, clock, limits = OUTBOX_LIMITS } = parts;
  const startMs = clock.monotonic();
  const roomMaker = createRoomMaker(port);
  const listeners = new Set<(entries: readonly OutboxEntry[]) => void>();
  const drops = createDropReport(clock, parts.dropped);
  let collected: Collected[] = [];
  let collectedBytes = 0;
  let turn: NodeJS.Immediate | undefined;
  let refusedThisTurn: Fault | undefined;
  let produced = nothingProduced(startMs);
  let opened: OutboxOpened | undefined;
  noticeDamage();

  function collect(item: Collected): void {
    collected.push(item);
    collectedBytes += weightOf(item.message);
  }

  function untilTurnEnds(): void {
    turn ??= setImmediate(() => {
      turn = undefined;
      refusedThisTurn = undefined;
      commit();
    });
  }

  function commit(): void {
    const group = collected;
    [collected, collectedBytes] = [[], 0];
    if (group.length === 0) return;
    const coming = { alarm: 0, event: 0, telemetry: 0 };
    for (const { message } of group) coming[message.kind] += weightOf(message);
    const refused = makeRoom(coming);
    const fits = refused.length === 0 ? group : group.filter(({ message }) => !refused.includes(message.kind));
    const done = port.append(fits.map(({ message }) => message));
    noticeDamage();
    refusedThisTurn = done.ok ? undefined : done.fault;
    if (refusedThisTurn) untilTurnEnds();
    if (done.ok) produced = withProduced(produced, clock.monotonic(), coming.alarm + coming.event + coming.telemetry);
    for (const [i, { answer }] of fits.entries()) answer(done.ok ? ok(entryAt(done.value, i)) : done);
    for (const { message, answer } of group) {
      if (!refused.includes(message.kind)) continue;
      drops.count(message.kind, 1);
      answer(err('OUTBOX_FULL', message.kind));
    }
    const last = done.ok ? done.value.at(-1) : undefined;
    if (!done.ok || !last) return;
    roomMaker.reached(last.place);
    for (const listener of listeners) listener(done.value);
  }

  function makeRoom(coming: OutboxBytes): readonly OutboxKind[] {
    const { giveUp, refused } = planRoom({ held: heldBytes(), coming, limits });
    roomMaker.giveUp(giveUp, drops.count);
    return refused;
  }

  function heldBytes(): OutboxBytes {
    const { alarm, event, telemetry } = port.totals();
    return { alarm: alarm.bytes, event: event.bytes, telemetry: telemetry.bytes };
  }

  function noticeDamage(): void {
    const found = port.opened;
    if (found === opened) return;
    opened = found;
    if (found.damage) clock.after(0, () => parts.damaged(found));
  }

  return {
    accept(message) {
      return new Promise((answer) => {
        if (refusedThisTurn) return answer({ ok: false, fault: refusedThisTurn });
        collect({ message, answer });
        if (collected.length >= GROUP_MAX || collectedBytes >= GROUP_MAX_BYTES) commit();
        untilTurnEnds();
      });
    },
    acceptNow(message) {
      let result: Result<OutboxEntry> | undefined;
      collect({
        message,
        answer(answered) {
          result = answered;
        },
      });
      commit();
      if (!result) throw new Error('this is a bug: a commit answers everything it was given');
      return result;
    },
    onAccepted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    facts() {
      const totals = port.totals();
      const held = heldBytes();
      const { floors, budgetBytes } = limits;
      const taken = Math.max(held.alarm, floors.alarm) + Math.max(held.event, floors.event) + held.telemetry;
      const nowMs = clock.monotonic();
      const { commits, bytes } = port.written();
      return {
        queued: totals.alarm.count + totals.event.count + totals.telemetry.count,
        queuedBytes: held.alarm + held.event + held.telemetry,
        offlineHours: offlineHours(produced, nowMs, budgetBytes - taken),
        commitsPerDay: perDay(commits, nowMs - startMs),
        bytesPerDay: perDay(bytes, nowMs - startMs),
        dropped: drops.sinceStart(),
      };
    },
    close() {
      clearImmediate(turn);
      turn = undefined;
      commit();
      drops.tell();
    },
  };
}

function entryAt(entries: readonly OutboxEntry[], at: number): OutboxEntry {
  const entry = entries[at];
  if (!entry) throw new Error('this is a bug: an append answers an entry for each message');
  return entry;
}

function weightOf({ body }: OutboxMessage): number {
  return Buffer.byteLength(body) + OUTBOX_MESSAGE_BYTES;
}
