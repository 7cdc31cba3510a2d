import { type Cancel, type ClockPort, MINUTE_MS, type Millis, type OutboxKind } from '@ewon-agent/contracts';

export type OutboxCounts = Readonly<Record<OutboxKind, number>>;

/** Often enough for a person to notice, so seldom that the telling does not fill what is full. */
const TELL_EVERY_MS: Millis = 10 * MINUTE_MS;

/** Counts what was given up or refused, and tells of it once in a while. */
export type DropReport = {
  count(kind: OutboxKind, count: number): void;
  /** Tells now what was not told yet, if there is any. */
  tell(): void;
  sinceStart(): OutboxCounts;
};

/** @param told takes what was dropped since it was called last */
export function createDropReport(
  clock: Pick<ClockPort, 'after' | 'monotonic'>,
  told: (counts: OutboxCounts) => void,
): DropReport {
  const dropped = { alarm: 0, event: 0, telemetry: 0 };
  let before: OutboxCounts = { ...dropped };
  let telling: Cancel | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;

  function tell(): void {
    telling?.();
    telling = undefined;
    const { alarm, event, telemetry } = dropped;
    const counts = {
      alarm: alarm - before.alarm,
      event: event - before.event,
      telemetry: telemetry - before.telemetry,
    };
    if (counts.alarm + counts.event + counts.telemetry === 0) return;
    [before, toldMs] = [{ ...dropped }, clock.monotonic()];
    told(counts);
  }

  return {
    count(kind, count) {
      dropped[kind] += count;
      // not at once: whoever is told wants to have an event accepted, and this commit is not finished
      telling ??= clock.after(Math.max(0, toldMs + TELL_EVERY_MS - clock.monotonic()), tell);
    },
    tell,
    sinceStart: () => ({ ...dropped }),
  };
}
