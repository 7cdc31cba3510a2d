import { KIB, OUTBOX_KINDS, type OutboxKind, type OutboxWeight } from '@ewon-agent/contracts';

// What is given up when room is short: telemetry first, of its older half every second message, so that a long time
// offline is remembered thinly rather than not at all; then its oldest; then the oldest events; alarms last.

/** Bytes of each kind. */
export type OutboxBytes = Readonly<Record<OutboxKind, number>>;

export type OutboxLimits = {
  /** What may wait, all kinds together. */
  readonly budgetBytes: number;
  /** Room that is left free for a kind although it does not need it yet: nothing less important fills it. */
  readonly floors: OutboxBytes;
};

/** 64 MiB: about 200,000 messages of 300 bytes, two days at one each second; an eMMC of 4 GiB has it to spare. */
export const OUTBOX_LIMITS: OutboxLimits = {
  budgetBytes: 64 * KIB * KIB,
  floors: { alarm: 4 * KIB * KIB, event: 8 * KIB * KIB, telemetry: 0 },
};

export type RoomPlan = {
  /** How much of each kind is to go, at least. */
  readonly giveUp: OutboxBytes;
  /** What is not taken: everything as important or less is gone already, or never would be enough. */
  readonly refused: readonly OutboxKind[];
};

/** More telemetry is given up than is needed, by this part of the budget, so that not each message costs a write more. */
const SLACK_PARTS = 256;

/** Plans how room is made for what comes. A message never takes the place of a more important one. */
export function planRoom(input: {
  readonly held: OutboxBytes;
  readonly coming: OutboxBytes;
  readonly limits: OutboxLimits;
}): RoomPlan {
  const { budgetBytes, floors } = input.limits;
  const held = { ...input.held };
  const giveUp = { alarm: 0, event: 0, telemetry: 0 };
  const refused: OutboxKind[] = [];
  OUTBOX_KINDS.forEach((kind, rank) => {
    const coming = input.coming[kind];
    if (coming === 0) return;
    const taken = sum(
      OUTBOX_KINDS.map((other, at) => (at < rank ? Math.max(held[other], floors[other]) : held[other])),
    );
    const canGo = OUTBOX_KINDS.slice(rank).reverse();
    let short = Math.max(0, taken + coming - budgetBytes);
    if (short > sum(canGo.map((other) => held[other]))) {
      refused.push(kind);
      return;
    }
    for (const other of short > 0 ? canGo : []) {
      const slack = other === 'telemetry' ? Math.floor(budgetBytes / SLACK_PARTS) : 0;
      const goes = short > 0 ? Math.min(held[other], short + slack) : 0;
      held[other] -= goes;
      giveUp[other] += goes;
      short -= goes;
    }
    held[kind] += coming;
  });
  return { giveUp, refused };
}

/** What goes in one step, and up to which place telemetry has been thinned then. */
export type Goes = { readonly places: readonly number[]; readonly bytes: number; readonly thinnedTo: number };

/**
 * Chooses the telemetry that goes next. What was thinned once is not thinned again, it goes as the oldest.
 * @param input.oldest the oldest that wait
 * @param input.unthinned the oldest that wait beyond `thinnedTo`
 * @param input.newestPlace the place that was given last; half way to it the older half ends
 * @param input.thinnedTo 0 when nothing was thinned yet
 * @returns no places when none wait
 */
export function telemetryToGo(input: {
  readonly oldest: readonly OutboxWeight[];
  readonly unthinned: readonly OutboxWeight[];
  readonly newestPlace: number;
  readonly thinnedTo: number;
  readonly needBytes: number;
}): Goes {
  const { oldest, unthinned, newestPlace, thinnedTo, needBytes } = input;
  const halfWay = ((oldest[0]?.place ?? 0) + newestPlace) / 2;
  const older = unthinned.filter(({ place }) => place <= halfWay);
  if (older.length < 2) return { ...oldestToGo(oldest, needBytes), thinnedTo };
  const every = oldestToGo(
    older.filter((_, i) => i % 2 === 0),
    needBytes,
  );
  // the one after the last that goes is the one that stays of the pair
  const lastGone = older.findIndex(({ place }) => place === every.places.at(-1));
  return { ...every, thinnedTo: (older[lastGone + 1] ?? older[lastGone])?.place ?? thinnedTo };
}

/** Chooses the oldest, until they are enough or there are no more. */
export function oldestToGo(
  oldest: readonly OutboxWeight[],
  needBytes: number,
): { readonly places: readonly number[]; readonly bytes: number } {
  const places: number[] = [];
  let bytes = 0;
  for (const weight of oldest) {
    if (bytes >= needBytes) break;
    places.push(weight.place);
    bytes += weight.bytes;
  }
  return { places, bytes };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
