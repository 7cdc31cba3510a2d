import type { Millis } from '@ewon-agent/contracts';
import { QUALITY_GOOD } from '../instant-values-text.ts';
import { type LoggedEvent, logged } from './event-file.ts';
import type { EwonState } from './ewon-state.ts';

// What happens to an Ewon, as one function. Time comes with the event.
//
//   running ──rebootAsked──▶ running, with a due reboot ──timePassed──▶ booting ──timePassed──▶ running

/** What happened. */
export type EwonHappening = { readonly atMs: Millis } & (
  | { readonly on: 'timePassed' }
  | { readonly on: 'rebootAsked'; readonly reason: string }
  | { readonly on: 'logged'; readonly text: string; readonly origin: string; readonly id: number }
  | { readonly on: 'tagSet'; readonly name: string; readonly value: number | string; readonly quality?: number }
);

/** The Ewon after something happened. Total: what does not fit a state leaves it as it is. */
export function transition(state: EwonState, happened: EwonHappening): EwonState {
  switch (happened.on) {
    case 'timePassed':
      return passed(state, happened.atMs);
    case 'rebootAsked':
      if (state.at === 'booting' || state.reboot) return state;
      return {
        ...state,
        reboot: { dueAtMs: happened.atMs + state.times.rebootDelayMs, reason: happened.reason },
      };
    case 'logged':
      return withEvent(state, happened);
    case 'tagSet': {
      const { name, value, quality = QUALITY_GOOD } = happened;
      return { ...state, tags: new Map(state.tags).set(name, { value, quality }) };
    }
  }
}

/** When it wants to be told that time has passed; never, when nothing is due. */
export function dueAtMs(state: EwonState): Millis | undefined {
  return state.reboot?.dueAtMs;
}

/** Adds an event to its file. */
export function withEvent(state: EwonState, event: LoggedEvent): EwonState {
  return { ...state, events: logged(state.events, event) };
}

/** Events whose ids are published (AUG-0062-00 §7); those of others are made up. */
export const EVENT_IDS = { rebootReason: 1_073_762_140, booting: 1_073_762_139, notSet: 22_201 } as const;

function passed(state: EwonState, atMs: Millis): EwonState {
  const { reboot, times } = state;
  if (!reboot || atMs < reboot.dueAtMs) return state;
  if (state.at === 'running') {
    const takesMs = state.pendingFirmware ? times.firmwareBootMs : times.bootMs;
    return passed({ ...state, at: 'booting', reboot: { ...reboot, dueAtMs: reboot.dueAtMs + takesMs } }, atMs);
  }
  return booted(state, reboot.dueAtMs, reboot.reason);
}

function booted(state: EwonState, atMs: Millis, reason: string): EwonState {
  const { reboot: _reboot, pendingFirmware, ...rest } = state;
  const { serial, firmware } = state.device;
  const version = pendingFirmware?.version ?? firmware;
  const text = `System Booting, FWR: ${version} (${version.split('s')[0]}), SN: ${serial} [EF0000]`;
  const running: EwonState = {
    ...rest,
    at: 'running',
    device: { ...state.device, firmware: version },
    booted: state.comcfg,
  };
  const said = withEvent(running, { atMs, text, origin: 'ewon', id: EVENT_IDS.booting });
  return withEvent(said, { atMs, text: `Reboot reason: ${reason}`, origin: 'wd', id: EVENT_IDS.rebootReason });
}
