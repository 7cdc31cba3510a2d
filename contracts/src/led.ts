// The USR LED: what it shows and when. Timings are the genuine device's (AUG-0062 §4, ewon-facts §1.3).

export type LedColour = 'off' | 'green' | 'orange' | 'red';
/** `onMs` and `offMs` 0: steady. */
export type LedBlink = { readonly colour: LedColour; readonly onMs: number; readonly offMs: number };

/** Names of the patterns, as the console and the status speak of them. */
export type LedPattern = 'off' | 'running' | 'cardSeen' | 'cardWorking' | 'cardOk' | 'cardFailed' | 'identify';

export const LED: Record<LedPattern, LedBlink> = {
  off: { colour: 'off', onMs: 0, offMs: 0 },
  running: { colour: 'green', onMs: 500, offMs: 500 },
  cardSeen: { colour: 'orange', onMs: 150, offMs: 150 },
  cardWorking: { colour: 'orange', onMs: 1000, offMs: 1000 },
  cardOk: { colour: 'green', onMs: 0, offMs: 0 }, // stays until the medium is removed
  cardFailed: { colour: 'red', onMs: 0, offMs: 0 }, // stays until the medium is removed
  identify: { colour: 'green', onMs: 100, offMs: 100 }, // no pattern of the genuine device: a person looks for this Ewon
};

/** Finds the pattern that a blink is, or undefined for one we do not use. */
export function ledPatternOf(blink: LedBlink): LedPattern | undefined {
  const found = Object.entries(LED).find(
    ([, b]) => b.colour === blink.colour && b.onMs === blink.onMs && b.offMs === blink.offMs,
  );
  return found?.[0] as LedPattern | undefined;
}
