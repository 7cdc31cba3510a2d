import { LED, type LedBlink, type LedPattern, type LedPort, ledPatternOf, type Millis } from '@ewon-agent/contracts';
import type { WorldClock } from './clock-sim.ts';
import type { PowerOn } from './power-sim.ts';

/** What somebody at the board sees, and since when (virtual time since the board was made). */
export type LedShown = LedBlink & { readonly pattern: LedPattern | undefined; readonly sinceMs: Millis };

export type LedControl = {
  readonly shown: LedShown;
  /** Every change, the first being the dark LED of a new board. */
  readonly history: readonly LedShown[];
  /** The patterns of {@link history}, for a test that tells a story. */
  patterns(): readonly (LedPattern | undefined)[];
};

/** Makes the USR LED of a board. Dark without power. */
export function createLed(clock: WorldClock): LedControl & { portFor(power: PowerOn): LedPort } {
  const first: LedShown = { ...LED.off, pattern: 'off', sinceMs: clock.elapsedMs() };
  const history: LedShown[] = [first];
  const shown = () => history.at(-1) ?? first;
  const show = ({ colour, onMs, offMs }: LedBlink) => {
    const now = shown();
    if (now.colour === colour && now.onMs === onMs && now.offMs === offMs) return;
    const pattern = ledPatternOf({ colour, onMs, offMs });
    history.push({ colour, onMs, offMs, pattern, sinceMs: clock.elapsedMs() });
  };
  return {
    get shown() {
      return shown();
    },
    history,
    patterns: () => history.map(({ pattern }) => pattern),
    portFor(power) {
      power.whenCut(() => show(LED.off));
      return { show: (blink) => power.call('led.show', () => show(blink)) };
    },
  };
}
