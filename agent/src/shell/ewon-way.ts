import type { ClockPort, FirmwarePort, Millis } from '@ewon-agent/contracts';
import { type EwonFall, ewonFall } from '../core/wan-ewon.ts';

/** What the Ewon said of its way out. */
export type EwonSaid = { readonly estat: ReadonlyMap<string, string>; readonly fall: EwonFall | undefined };

type Parts = {
  readonly firmware: Pick<FirmwarePort, 'status' | 'fallback'> | undefined;
  readonly clock: Pick<ClockPort, 'now' | 'monotonic'>;
  /** From one question to the next, however often its answer is wanted: it serves few connections. */
  readonly everyMs: Millis;
  /** There is an answer. */
  readonly answered: () => void;
};

/**
 * Asks the Ewon now and then; nobody waits for its answer.
 * @returns a look at what it said last; undefined while it is silent or there is none to ask
 */
export function askEwonNowAndThen({ firmware, clock, everyMs, answered }: Parts): () => EwonSaid | undefined {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let last: EwonSaid | undefined;
  let fall: EwonFall | undefined;

  async function ask(): Promise<void> {
    const [status, settings] = await Promise.all([firmware?.status?.(), firmware?.fallback?.()]);
    // one that is silent knows nothing, whatever it said before; how it had fallen back is remembered for when it speaks again
    last = undefined;
    if (status?.ok) {
      if (settings?.ok) fall = ewonFall(fall, { estat: status.value, settings: settings.value }, clock.now());
      last = { estat: status.value, fall };
    }
    answered();
  }

  return () => {
    if (!firmware?.status || clock.monotonic() - askedAtMs < everyMs) return last;
    askedAtMs = clock.monotonic();
    void ask();
    return last;
  };
}
