// The uplink machine: keeps one MQTT session while the Ewon is linked. Not saved: a start begins at `off`.
//
//   off ──Linked──▶ connecting ──Connected──▶ online
//    ▲                │    ▲                    │
//    │   Disconnected │    │ TimerFired         │ Disconnected
//    │                ▼    │                    │
//    └──Unlinked──── waiting ◀──────────────────┘
//
// off         not linked, nothing to connect to
// connecting  one attempt is under way
// online      the broker accepted us; status, inventory, health and waiting events go out; `attempt` is forgotten once
//             the session has lasted, so that a broker which lets us in and hangs up is not called every second
// waiting     the next attempt comes after a jittered pause; `attempt` counts failures in a row
//
// `told` is what was reported since the last steady session, so that neither a line that stays down nor a broker that lets
// us in and hangs up, again and again, fills the log.
//
// A broker that refuses us is not believed when it says we are unlinked: the account is asked (`checkLink`). So it is
// when the broker stays away: its address may have changed.

import { type Code, type Fault, MINUTE_MS, type Millis } from '@ewon-agent/contracts';
import { backoffMs } from './backoff.ts';
import type { Link } from './model.ts';

export type Uplink =
  | { readonly at: 'off' }
  | { readonly at: 'connecting'; readonly link: Link; readonly attempt: number; readonly told: Told }
  | {
      readonly at: 'online';
      readonly link: Link;
      readonly sinceMs: Millis;
      readonly attempt: number;
      readonly told: Told;
    }
  | {
      readonly at: 'waiting';
      readonly link: Link;
      readonly attempt: number;
      readonly told: Told;
      readonly trouble: Code;
    };
/** Codes in the order they were reported: sessions, and behind the last of them each reason once. */
type Told = readonly Code[];

export type UplinkEvent =
  | { readonly on: 'Linked'; readonly link: Link }
  | { readonly on: 'Unlinked' }
  /** What changed needs no other session. */
  | { readonly on: 'LinkKept'; readonly link: Link }
  | { readonly on: 'Connected'; readonly deviceId: string; readonly atMs: Millis }
  | { readonly on: 'Disconnected'; readonly deviceId: string; readonly fault: Fault; readonly fraction: number }
  | { readonly on: 'TimerFired'; readonly timer: 'uplink' | 'health' };

export type UplinkEffect =
  | { readonly do: 'openUplink'; readonly link: Link; readonly attempt: number }
  | { readonly do: 'closeUplink' }
  | { readonly do: 'announce'; readonly link: Link }
  | { readonly do: 'checkLink'; readonly link: Link }
  | { readonly do: 'sendHealth'; readonly link: Link }
  | { readonly do: 'wake'; readonly timer: 'uplink' | 'health'; readonly afterMs: Millis }
  | { readonly do: 'letSleep'; readonly timer: 'uplink' | 'health' }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string };

type Step = readonly [Uplink, readonly UplinkEffect[]];

/** A health message is about 300 bytes: four an hour are 30 KB a day, far below the megabyte an idle device may cost. */
const HEALTH_EVERY_MS: Millis = 15 * MINUTE_MS;
/** A broker that moved cannot say so; the account knows where it is now. */
const ASK_EVERY = 4;
/** A revoked device, or a second one with our identity, ends a session within seconds; a poor line holds for minutes. */
const STEADY_AFTER_MS: Millis = MINUTE_MS;
/** So many short sessions in a row are told one by one: an account that is restarted, say. More are one story. */
const FLAPPING_FROM = 3;

/** Decides what follows from an event. Total and pure; an event that does not fit keeps the state. */
export function uplinkTransition(state: Uplink, event: UplinkEvent): Step {
  switch (event.on) {
    case 'Linked':
      return state.at === 'off' ? open(event.link, 0, []) : [state, []];
    case 'Unlinked':
      return state.at === 'off'
        ? [state, []]
        : [{ at: 'off' }, [letSleep('uplink'), letSleep('health'), { do: 'closeUplink' }]];
    case 'LinkKept':
      return state.at === 'off' ? [state, []] : [{ ...state, link: event.link }, []];
    case 'Connected':
      if (state.at !== 'connecting' || state.link.deviceId !== event.deviceId) return [state, []];
      return enter(state, event.atMs);
    case 'Disconnected':
      if (state.at === 'off' || state.at === 'waiting' || state.link.deviceId !== event.deviceId) return [state, []];
      return wait(state, event.fault, event.fraction);
    case 'TimerFired':
      if (event.timer === 'uplink') return uplinkTimerFired(state);
      if (state.at !== 'online') return [state, []];
      return [
        state,
        [
          { do: 'sendHealth', link: state.link },
          { do: 'wake', timer: 'health', afterMs: HEALTH_EVERY_MS },
        ],
      ];
  }
}

function enter({ link, attempt, told }: Uplink & { at: 'connecting' }, atMs: Millis): Step {
  const opened = told.filter((code) => code === 'UPLINK_ONLINE');
  const isFlapping = opened.length >= FLAPPING_FROM;
  const effects: UplinkEffect[] = [
    { do: 'announce', link },
    { do: 'wake', timer: 'uplink', afterMs: STEADY_AFTER_MS },
    { do: 'wake', timer: 'health', afterMs: HEALTH_EVERY_MS },
  ];
  if (!isFlapping) effects.splice(1, 0, online(link, attempt));
  return [
    { at: 'online', link, sinceMs: atMs, attempt, told: isFlapping ? told : [...opened, 'UPLINK_ONLINE'] },
    effects,
  ];
}

function uplinkTimerFired(state: Uplink): Step {
  if (state.at === 'waiting') return open(state.link, state.attempt, state.told);
  if (state.at !== 'online') return [state, []];
  const isTold = state.told.at(-1) === 'UPLINK_ONLINE';
  return [{ ...state, attempt: 0, told: ['UPLINK_ONLINE'] }, isTold ? [] : [online(state.link, state.attempt)]];
}

function online(link: Link, attempt: number): UplinkEffect {
  return { do: 'report', code: 'UPLINK_ONLINE', detail: brokerUrl(link, attempt) };
}

/** The broker that an attempt goes to: each failure moves on to the next of the list. */
export function brokerUrl(link: Link, attempt: number): string {
  return link.mqtt.urls[attempt % link.mqtt.urls.length] ?? '';
}

/**
 * The certificate that an attempt shows: where a new one waits to be proved, all brokers are tried with it, then all with
 * the old one, and so on: whatever is wrong with the new one, the old one still gets us in.
 */
export function certificateFor(link: Link, attempt: number): string {
  const isOldsTurn = Math.floor(attempt / link.mqtt.urls.length) % 2 === 1;
  return link.next && !isOldsTurn ? link.next.certificate : link.certificate;
}

function open(link: Link, attempt: number, told: Told): Step {
  return [{ at: 'connecting', link, attempt, told }, [{ do: 'openUplink', link, attempt }]];
}

function wait(state: Uplink & { at: 'connecting' | 'online' }, fault: Fault, fraction: number): Step {
  const attempt = state.attempt + 1;
  const isKnown = state.told.includes(fault.code);
  const told = isKnown ? state.told : [...state.told, fault.code];
  const effects: UplinkEffect[] = [
    letSleep('health'),
    { do: 'wake', timer: 'uplink', afterMs: backoffMs(attempt, fraction) },
  ];
  const isAsking = fault.code === 'UPLINK_REFUSED' || attempt % ASK_EVERY === 0;
  if (isAsking) effects.unshift({ do: 'checkLink', link: state.link });
  if (!isKnown) effects.unshift({ do: 'report', code: fault.code, detail: fault.detail });
  return [{ at: 'waiting', link: state.link, attempt, told, trouble: fault.code }, effects];
}

function letSleep(timer: 'uplink' | 'health'): UplinkEffect {
  return { do: 'letSleep', timer };
}
