import type { Millis } from '@ewon-agent/contracts';
import { COMCFG_KEYS } from './comcfg-keys.ts';
import { EVENT_IDS, withEvent } from './ewon-machine.ts';
import type { EwonState } from './ewon-state.ts';
import { keyIn, readSettings } from './settings.ts';

/**
 * Takes the settings of a comcfg.txt that came over FTP; keys that it does not name stay. A value that a key does not take,
 * and a key that only a card may set, is left out, with an event. An unknown key is kept: firmware is newer than manuals.
 */
export function writeComcfg(state: EwonState, text: string, atMs: Millis): EwonState {
  const comcfg = new Map(state.comcfg);
  const leftOut: string[] = [];
  for (const [written, value] of readSettings(text)) {
    const key = keyIn(comcfg, written) ?? written;
    const known = COMCFG_KEYS.find((documented) => documented.key === key);
    if (known && (known.is === 'card' || !known.takes(value))) {
      if (value !== comcfg.get(key)) leftOut.push(key);
    } else comcfg.set(key, value);
  }
  return leftOut.reduce<EwonState>(
    (after, key) => withEvent(after, { atMs, text: `comcfg-${key} not set`, origin: 'cfg', id: EVENT_IDS.notSet }),
    { ...state, comcfg },
  );
}
