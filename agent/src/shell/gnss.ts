import type { ClockPort } from '@ewon-agent/contracts';
import { type GnssLanguage, gnssHeard, NOTHING_HEARD } from '../core/gnss.ts';
import type { GnssRules } from '../core/gnss-gate.ts';
import type { Said } from './location.ts';

/** What takes the lines of a receiver: of one session, from when it was opened. */
export type GnssEar = { line(text: string): void; gone(detail: string): void };

/** Makes an ear that says what a location needs to know. */
export function gnssEar(
  language: GnssLanguage,
  { clock, rules, say }: { readonly clock: ClockPort; readonly rules: GnssRules; readonly say: (said: Said) => void },
): GnssEar {
  let state = NOTHING_HEARD;
  return {
    line(line) {
      const at = { wallMs: clock.now(), steadyMs: clock.monotonic() };
      const [next, said] = gnssHeard(state, language, { line, ...at }, rules);
      state = next;
      if (said) say({ on: 'GnssHeard', ...said });
    },
    gone: (what) => say({ on: 'SourceFailed', source: 'gnss', what }),
  };
}
