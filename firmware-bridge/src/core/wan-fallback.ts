import { type EwonFallback, type EwonWanKind, MINUTE_MS } from '@ewon-agent/contracts';
import { parseEstat } from './estat.ts';

// How an Ewon falls back from one way out to another. Source: ewon-facts §3.1 (SSH-0050), "WAN fallback".

/** The export block descriptor of the communication settings as text: `Key:Value` lines as the status. */
export const SETTINGS_DESCRIPTOR = '$dtSC$ftT';

const PRIMARIES: Readonly<Record<string, EwonWanKind>> = { 1: 'cellular', 2: 'ethernet', 4: 'wifi' };
/** What it stays on the secondary where its settings do not say. */
const STAY_MINUTES = 60;
/** More than a year is no setting. */
const STAY_MINUTES_MAX = 527_040;

/**
 * Reads the settings that tell of it; all others are let go.
 * @returns undefined when the text is none of settings
 */
export function fallbackIn(text: string): EwonFallback | 'none' | undefined {
  const settings = parseEstat(text);
  const connection = settings.get('WANCnx');
  if (connection === undefined) return undefined;
  const primary = PRIMARIES[connection];
  const secondary = PRIMARIES[settings.get('WANFbckCnx') ?? '0'];
  if (primary === undefined || secondary === undefined || primary === secondary) return 'none';
  const minutes = Number(settings.get('WANFbckMaxDuration') ?? STAY_MINUTES);
  const isSound = Number.isInteger(minutes) && minutes >= 1 && minutes <= STAY_MINUTES_MAX;
  return { primary, secondary, stayMs: (isSound ? minutes : STAY_MINUTES) * MINUTE_MS };
}
