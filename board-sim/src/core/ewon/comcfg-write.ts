import type { Millis } from '@ewon-agent/contracts';
import { COMCFG_KEYS } from './comcfg-keys.ts';
import { EVENT_IDS, withEvent } from './ewon-machine.ts';
import type { EwonState } from './ewon-state.ts';
import { decrypted } from './secrets.ts';
import { keyIn, readSettings, type Settings } from './settings.ts';
import { wanBegins } from './wan.ts';

/**
 * Takes the settings of a comcfg.txt that came over FTP; keys that it does not name stay. A value that a key does not take,
 * a password that another Ewon encrypted, and a key that only a card may set, are left out, with an event. An unknown
 * key is kept: firmware is newer than manuals.
 */
export function writeComcfg(state: EwonState, text: string, atMs: Millis): EwonState {
  const comcfg = new Map(state.comcfg);
  const leftOut: string[] = [];
  for (const [written, value] of readSettings(text)) {
    const key = keyIn(comcfg, written) ?? written;
    const taken = takenAs(state, key, value);
    if (taken !== undefined) comcfg.set(key, taken);
    else if (value !== comcfg.get(key)) leftOut.push(key);
  }
  const wan = sameFallback(state.comcfg, comcfg) ? state.wan : wanBegins(comcfg, atMs);
  return leftOut.reduce<EwonState>(
    (after, key) => withEvent(after, { atMs, text: `comcfg-${key} not set`, origin: 'cfg', id: EVENT_IDS.notSet }),
    { ...state, comcfg, wan },
  );
}

function takenAs({ device }: EwonState, key: string, value: string): string | undefined {
  const known = COMCFG_KEYS.find((documented) => documented.key === key);
  if (known?.is === 'card') return undefined;
  const plain = known?.is === 'secret' ? decrypted(value, device.serial) : value;
  return plain === undefined || known?.takes(plain) === false ? undefined : plain;
}

function sameFallback(before: Settings, after: Settings): boolean {
  return [...after].every(([key, value]) => !key.startsWith('WAN') || before.get(key) === value);
}
