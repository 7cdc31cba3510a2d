import type { Millis } from '@ewon-agent/contracts';
import { type Gated, type GnssGate, type GnssRules, gated } from './gnss-gate.ts';
import { type GpsdSky, gpsdHeard } from './gnss-gpsd.ts';
import { type NmeaMoment, nmeaHeard } from './gnss-nmea.ts';

/** What a receiver speaks. */
export type GnssLanguage = 'nmea' | 'gpsd';
/** What was heard of a receiver since it was opened. */
export type Gnss = { readonly moment: NmeaMoment; readonly sky: GpsdSky; readonly gate: GnssGate };
/** A line, and when it was heard. */
export type GnssLine = { readonly line: string; readonly wallMs: Millis; readonly steadyMs: Millis };

export const NOTHING_HEARD: Gnss = { moment: {}, sky: {}, gate: {} };

/** Takes a line of a receiver. @returns what became of it, undefined while a moment is still being told */
export function gnssHeard(
  state: Gnss,
  language: GnssLanguage,
  { line, ...at }: GnssLine,
  rules: GnssRules,
): readonly [Gnss, Gated | undefined] {
  const [moment, sentence] = language === 'nmea' ? nmeaHeard(state.moment, line) : [state.moment, undefined];
  const [sky, told] = language === 'gpsd' ? gpsdHeard(state.sky, line) : [state.sky, undefined];
  const report = sentence ?? told;
  if (!report) return [{ ...state, moment, sky }, undefined];
  const [gate, said] = gated(state.gate, report, at, rules);
  return [{ moment, sky, gate }, said];
}
