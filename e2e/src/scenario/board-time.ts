import type { Watch } from '@ewon-agent/board-sim/qemu/watch';
import type { StageTime } from '@ewon-agent/board-sim/scenario/stage';
import { type Millis, SECOND_MS } from '@ewon-agent/contracts';

/** A board that has not been heard of for so long has no power, or boots. */
const UNHEARD_MS = 5 * SECOND_MS;
/** While the board tells no time, a deadline counts this machine's, so many times slower: an emulated boot is slow. */
const SLOWER = 10;
const LOOK_EVERY_MS = 50;

/** The time of a board as its watcher tells it, which stands still while the emulator is kept from working. */
export function createBoardTime(watch: Pick<Watch, 'beat' | 'heardMs'>): StageTime {
  let told: { readonly upMs: Millis; readonly hostMs: Millis } = {
    upMs: watch.beat?.upMs ?? 0,
    hostMs: performance.now(),
  };
  let boardMs = 0;
  const pause = (ms: Millis) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const isHeard = () => watch.heardMs !== undefined && performance.now() - watch.heardMs < UNHEARD_MS;
  const now = (): Millis => {
    const hostMs = performance.now();
    if (watch.beat && isHeard()) {
      const { upMs } = watch.beat;
      boardMs += Math.max(0, upMs - told.upMs); // less when it was switched on anew; the boot was counted below
      told = { upMs, hostMs };
    } else {
      boardMs += (hostMs - told.hostMs) / SLOWER;
      told = { ...told, hostMs };
    }
    return boardMs;
  };
  return {
    now,
    async wait(ms) {
      const beganMs = performance.now();
      const endMs = now() + ms;
      // a hand that waits at a board without power waits by its own clock
      while (now() < endMs && (isHeard() || performance.now() - beganMs < ms)) await pause(10);
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
