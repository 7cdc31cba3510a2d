import type { Millis } from '@ewon-agent/contracts';
import { type LoggedEvent, logged } from './event-file.ts';
import type { EwonState } from './ewon-state.ts';
import { withFactorySettings } from './factory-reset.ts';
import { flashed } from './firmware-flash.ts';
import { QUALITY_GOOD } from './instant-values.ts';
import { JVMRUN } from './java-program.ts';
import type { Modem } from './modem.ts';
import { type Link, type LinkState, wanBegins, wanPasses } from './wan.ts';

// What happens to an Ewon, as one function. Time comes with the event.
//
//   running ──rebootAsked──▶ running, with a due reboot ──timePassed──▶ booting ──timePassed──▶ running
//
// running: it answers. booting: it does not; what happens outside is noticed, what somebody asks of it is lost.

/** What happened. */
export type EwonHappening = { readonly atMs: Millis } & (
  | { readonly on: 'timePassed' }
  | { readonly on: 'rebootAsked'; readonly reason: string }
  | { readonly on: 'logged'; readonly text: string; readonly origin: string; readonly id: number }
  | { readonly on: 'tagSet'; readonly name: string; readonly value: number | string; readonly quality?: number }
  | { readonly on: 'linkChanged'; readonly link: Link; readonly state: LinkState }
  | { readonly on: 'modemChanged'; readonly modem: Partial<Modem> }
  /** It was registered with an account, or removed from it. */
  | { readonly on: 'accountChanged'; readonly account: string }
  /** The button was held at power-on: about 30 s for level 1, about 35 s for level 2. */
  | { readonly on: 'factoryReset'; readonly level: 1 | 2 }
  /** It has no power for a moment. */
  | { readonly on: 'powerCut' }
);

/** The Ewon after something happened. Total: what does not fit a state leaves it as it is. */
export function transition(state: EwonState, happened: EwonHappening): EwonState {
  const { atMs } = happened;
  switch (happened.on) {
    case 'timePassed':
      return passed(state, atMs);
    case 'rebootAsked':
      if (state.at === 'booting' || state.reboot) return state;
      return { ...state, reboot: { dueAtMs: atMs + state.times.rebootDelayMs, reason: happened.reason } };
    case 'logged':
      return withEvent(state, happened);
    case 'tagSet': {
      const { name, value, quality = QUALITY_GOOD } = happened;
      return { ...state, tags: new Map(state.tags).set(name, { value, quality }) };
    }
    case 'linkChanged':
      return { ...state, links: { ...state.links, [happened.link]: happened.state } };
    case 'modemChanged':
      return state.modem ? { ...state, modem: { ...state.modem, ...happened.modem } } : state;
    case 'accountChanged':
      return withAccount(state, happened.account);
    case 'factoryReset': {
      const reboot = { dueAtMs: atMs + state.times.bootMs, reason: 'Power on' };
      return { ...withFactorySettings(state, happened.level), at: 'booting', reboot };
    }
    case 'powerCut': {
      const { pendingFirmware: _lost, ...rest } = state;
      return { ...rest, at: 'booting', reboot: { dueAtMs: atMs + state.times.bootMs, reason: 'Power on' } };
    }
  }
}

/** When it wants to be told that time has passed; never, when nothing is due. */
export function dueAtMs({ at, reboot, wan }: EwonState): Millis | undefined {
  const due = [reboot?.dueAtMs, at === 'running' ? wan.dueAtMs : undefined].filter((ms) => ms !== undefined);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** Adds an event to its file. */
export function withEvent(state: EwonState, event: LoggedEvent): EwonState {
  return { ...state, events: logged(state.events, event) };
}

/** The id of the reason is published (AUG-0062-00 §7); the others are made up, those of errors without bit 30. */
export const EVENT_IDS = {
  booting: 1_073_762_139,
  rebootReason: 1_073_762_140,
  wan: 1_073_764_001,
  firmwareTaken: 1_073_765_001,
  restored: 1_073_765_002,
  notSet: 22_201,
  firmwareDeclined: 22_301,
  backupBad: 22_302,
} as const;

function passed(state: EwonState, atMs: Millis): EwonState {
  const { reboot, times } = state;
  const due = reboot && atMs >= reboot.dueAtMs ? reboot : undefined;
  if (state.at === 'booting') return due ? passed(booted(state, due.dueAtMs, due.reason), atMs) : state;
  const { wan, happened } = wanPasses(state.wan, state.comcfg, state.links, due?.dueAtMs ?? atMs);
  const said = happened.reduce<EwonState>(
    (now, { atMs: when, text }) => withEvent(now, { atMs: when, text, origin: 'wanmng', id: EVENT_IDS.wan }),
    { ...state, wan },
  );
  if (!due) return said;
  if (state.pendingFirmware?.fault === 'neverBack') {
    const { reboot: _never, ...gone } = said;
    return { ...gone, at: 'booting' };
  }
  const takesMs = state.pendingFirmware ? times.firmwareBootMs : times.bootMs;
  return passed({ ...said, at: 'booting', reboot: { ...due, dueAtMs: due.dueAtMs + takesMs } }, atMs);
}

function booted(state: EwonState, atMs: Millis, reason: string): EwonState {
  const { reboot: _reboot, javaRuns: _ended, ...settled } = flashed(state);
  const { firmware: version } = settled.device;
  const running: EwonState = {
    ...settled,
    at: 'running',
    ...(settled.java && settled.userFiles.has(JVMRUN) && { javaRuns: settled.java }),
    booted: settled.comcfg,
    wan: wanBegins(settled.comcfg, atMs),
  };
  // as the traces of AUG-0062-00 §7 have it
  const text = `System Booting, FWR: ${version} (${version.split('s')[0]}), SN: ${state.device.serial} [EF0000]`;
  const said = withEvent(running, { atMs, text, origin: 'ewon', id: EVENT_IDS.booting });
  return withEvent(said, { atMs, text: `Reboot reason: ${reason}`, origin: 'wd', id: EVENT_IDS.rebootReason });
}

/** What a registration leaves in comcfg.txt (SSH-0050-00; that all of these change together is our reading). */
function withAccount(state: EwonState, account: string): EwonState {
  const joined = account === '' ? '0' : '1';
  const comcfg = new Map(state.comcfg)
    .set('T2mAccountName', account)
    .set('VPNCnxType', account === '' ? '0' : '2')
    .set('VPNSrvAddrMode', joined)
    .set('WizT2MDone', joined)
    .set('WizVPNDone', joined);
  return { ...state, comcfg };
}
