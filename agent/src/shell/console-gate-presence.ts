import type { ClockPort, Millis, SlotPort } from '@ewon-agent/contracts';

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

/** Proved by a medium that is put into a slot, not by one that was there at the start, and by a button. */
export function createPresence({ clock, forMs, button }: PresenceParts): Presence {
  let provedMs: Millis | undefined;
  let pressed = button?.();
  return {
    isProved() {
      const now = button?.();
      if (now !== pressed) provedMs = clock.monotonic();
      pressed = now;
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
