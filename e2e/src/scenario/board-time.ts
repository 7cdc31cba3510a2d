import type { Watch } from '@ewon-agent/board-sim/qemu/watch';
import type { StageTime } from '@ewon-agent/board-sim/scenario/stage';
import { type Millis, SECOND_MS } from '@ewon-agent/contracts';

/** A board that has not been heard of for so long has no power, or boots. */
const UNHEARD_MS = 5 * SECOND_MS;
/** While the board tells no time, a deadline counts this machine's, so many times slower: an emulated boot is slow. */
const SLOWER = 10;
const LOOK_EVERY_MS = 50;
/**
 * While a board waits for its account or a medium, its time goes by this machine's clock, and both are the work of this
 * machine: with ten times as much to do as it has processors, an answer was seen to take twenty seconds.
 */
const PATIENCE = 8;
/** Between two beats the time is guessed, but not beyond the next one. */
const BEAT_EVERY_MS = 300;

/** A moment by both clocks, and how fast the board's went before it. */
type Told = { readonly boardMs: Millis; readonly upMs: Millis; readonly hostMs: Millis; readonly speed: number };

/**
 * The time of a board as its watcher tells it, which stands still while the emulator is kept from working.
 * @param hostNow this machine's clock, the one of {@link Watch.heardMs}
 */
export function createBoardTime(watch: Pick<Watch, 'beat' | 'heardMs'>, hostNow = () => performance.now()): StageTime {
  let told: Told = { boardMs: 0, upMs: watch.beat?.upMs ?? 0, hostMs: watch.heardMs ?? hostNow(), speed: 1 };
  let last: Millis = 0;
  const pause = (ms: Millis) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const isHeard = () => watch.heardMs !== undefined && hostNow() - watch.heardMs < UNHEARD_MS;
  const now = (): Millis => {
    const { beat, heardMs } = watch;
    if (beat && heardMs !== undefined && isHeard()) {
      if (heardMs !== told.hostMs) told = toldBy(beat.upMs, heardMs, told);
      const guessed = told.speed * (hostNow() - told.hostMs);
      last = Math.max(last, told.boardMs + Math.min(guessed, BEAT_EVERY_MS));
    } else {
      const hostMs = hostNow();
      last += Math.max(0, hostMs - told.hostMs) / SLOWER;
      told = { ...told, boardMs: last, hostMs };
    }
    return last;
  };
  return {
    now,
    patience: PATIENCE,
    async wait(ms) {
      const beganMs = hostNow();
      const endMs = now() + ms;
      // a hand that waits at a board without power waits by its own clock
      while (now() < endMs && (isHeard() || hostNow() - beganMs < ms)) await pause(10);
    },
    async until(look, withinMs) {
      const endMs = now() + withinMs;
      for (;;) {
        const isLast = now() >= endMs;
        if (await look()) return true;
        if (isLast) return false;
        await pause(LOOK_EVERY_MS);
      }
    },
  };
}

/** A board that tells less than before was switched on anew; its boot was counted while it was not heard. */
function toldBy(upMs: Millis, hostMs: Millis, before: Told): Told {
  const passedMs = Math.max(0, upMs - before.upMs);
  const speed = Math.min(1, passedMs / Math.max(1, hostMs - before.hostMs));
  return { boardMs: before.boardMs + passedMs, upMs, hostMs, speed };
}
