import { type ClockPort, type Millis, SECOND_MS, type SlotPort } from '@ewon-agent/contracts';

/** Whether somebody has shown to stand at the device, a short time ago. */
export type Presence = {
  isProved(): boolean;
  /** The same slots, watched: what is put in from now on proves it. */
  watched<Slots extends SlotPort>(slots: Slots): Slots;
};
export type PresenceParts = {
  readonly clock: Pick<ClockPort, 'monotonic'>;
  /** How long it counts. */
  readonly forMs: Millis;
  /** What a button changes, as it is now; undefined where there is none. Asked while somebody waits, every second. */
  readonly button?: () => string | undefined;
};

/** Who waits looks every second. */
const LOOK_MS = 3 * SECOND_MS;

/** Proved by a medium that is put into a slot, not by one that was there at the start, and by a button that is pressed while somebody waits. */
export function createPresence({ clock, forMs, button }: PresenceParts): Presence {
  let provedMs: Millis | undefined;
  let looked: { readonly atMs: Millis; readonly shows: string | undefined } | undefined;
  return {
    isProved() {
      const [before, now] = [looked, { atMs: clock.monotonic(), shows: button?.() }];
      looked = now;
      // what changed while nobody looked may have changed a year ago
      const isFresh = before !== undefined && now.atMs - before.atMs <= LOOK_MS;
      const canBeSeen = before?.shows !== undefined && now.shows !== undefined;
      if (isFresh && canBeSeen && now.shows !== before.shows) provedMs = now.atMs;
      return provedMs !== undefined && clock.monotonic() - provedMs < forMs;
    },
    watched: (slots) => ({
      ...slots,
      async watch(report) {
        let isStarted = false;
        const watching = await slots.watch((change) => {
          if (isStarted && change.on === 'CardInserted') provedMs = clock.monotonic();
          report(change);
        });
        isStarted = true; // what is in already is told before
        return watching;
      },
    }),
  };
}
