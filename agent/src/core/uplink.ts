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
// online      the broker accepted us; status, inventory, health and waiting events go out; once the session has lasted it
//             is `steady`, and its loss begins anew with the first broker of the list; a broker which lets us in and
//             hangs up is not called every second
// waiting     the next attempt comes after a jittered pause; `attempt` counts failures in a row
//
// `told` is what was reported since the last steady session, so that neither a line that stays down nor a broker that lets
// us in and hangs up, again and again, fills the log.
//
// A way out that was found (`WayFound`) makes failures before it worth nothing: the next attempt is the first again, and
// comes at once, or when the one under way has failed, which may still hang on the way before (`isWayNew`).
//
// The list of brokers is in order of preference. A steady session with a later one is ended after a calm time for a look
// at the first (`returns` counts such looks): twice as long after each that was in vain, so that a first broker which is
// away, or lets us in and hangs up, costs a moment a day. `jitter` spreads that over the devices.
//
// A broker that refuses us is not believed when it says we are unlinked: the account is asked (`checkLink`). So it is
// when the broker stays away: its address may have changed.

import { type Code, DAY_MS, type Fault, MINUTE_MS, type Millis } from '@ewon-agent/contracts';
import { backoffMs } from './backoff.ts';
import type { Link } from './model.ts';

export type Uplink =
  | { readonly at: 'off' }
  | ({ readonly at: 'connecting'; readonly isWayNew?: true } & Walk)
  | ({ readonly at: 'online'; readonly sinceMs: Millis; readonly steady?: true } & Walk)
  | ({ readonly at: 'waiting'; readonly trouble: Code } & Walk);
/** How far we came along the list of brokers. `jitter` is even over [0, 1), of the last failure. */
type Walk = {
  readonly link: Link;
  readonly attempt: number;
  readonly told: Told;
  readonly returns: number;
  readonly jitter: number;
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
  /** The way to the account is whole after it was not, or is another one. */
  | { readonly on: 'WayFound' }
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
/** Before the first look at the preferred broker: a broker that is restarted, or an address that flaps, is past it. */
const RETURN_AFTER_MS: Millis = 30 * MINUTE_MS;
const RETURN_AFTER_MAX_MS: Millis = DAY_MS;
/** So many short sessions in a row are told one by one: an account that is restarted, say. More are one story. */
const FLAPPING_FROM = 3;

/** Decides what follows from an event. Total and pure; an event that does not fit keeps the state. */
export function uplinkTransition(state: Uplink, event: UplinkEvent): Step {
  switch (event.on) {
    case 'Linked':
      return state.at === 'off'
        ? open({ link: event.link, attempt: 0, told: [], returns: 0, jitter: 0.5 })
        : [state, []];
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
    case 'WayFound':
      if (state.at === 'waiting') return open({ ...walkOf(state), attempt: 0 });
      return state.at === 'connecting' ? [{ ...state, isWayNew: true }, []] : [state, []];
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

function enter(state: Uplink & { at: 'connecting' }, atMs: Millis): Step {
  const { link, attempt, told } = state;
  const opened = told.filter((code) => code === 'UPLINK_ONLINE');
  const isFlapping = opened.length >= FLAPPING_FROM;
  const effects: UplinkEffect[] = [
    { do: 'announce', link },
    { do: 'wake', timer: 'uplink', afterMs: STEADY_AFTER_MS },
    { do: 'wake', timer: 'health', afterMs: HEALTH_EVERY_MS },
  ];
  if (!isFlapping) effects.splice(1, 0, online(link, attempt));
  return [
    { ...walkOf(state), at: 'online', sinceMs: atMs, told: isFlapping ? told : [...opened, 'UPLINK_ONLINE'] },
    effects,
  ];
}

function uplinkTimerFired(state: Uplink): Step {
  if (state.at === 'waiting') return open(walkOf(state));
  if (state.at !== 'online') return [state, []];
  if (state.steady) return lookAtFirst(state);
  const isFirst = state.attempt % state.link.mqtt.urls.length === 0;
  const returns = isFirst ? 0 : state.returns;
  const isTold = state.told.at(-1) === 'UPLINK_ONLINE';
  const effects: UplinkEffect[] = isTold ? [] : [online(state.link, state.attempt)];
  if (!isFirst) effects.push({ do: 'wake', timer: 'uplink', afterMs: returnAfterMs(returns, state.jitter) });
  return [{ ...state, steady: true, returns, told: ['UPLINK_ONLINE'] }, effects];
}

function lookAtFirst(state: Uplink & { at: 'online' }): Step {
  const [next, opening] = open({ ...walkOf(state), attempt: 0, returns: state.returns + 1 });
  return [next, [letSleep('health'), { do: 'closeUplink' }, ...opening]];
}

/** @returns from half of the time to one and a half */
function returnAfterMs(returns: number, jitter: number): Millis {
  return Math.min(RETURN_AFTER_MAX_MS, RETURN_AFTER_MS * 2 ** Math.min(returns, 10)) * (0.5 + jitter);
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

function walkOf({ link, attempt, told, returns, jitter }: Walk): Walk {
  return { link, attempt, told, returns, jitter };
}

function open(walk: Walk): Step {
  const { link, attempt } = walk;
  return [{ at: 'connecting', ...walk }, [{ do: 'openUplink', link, attempt }]];
}

function wait(state: Uplink & { at: 'connecting' | 'online' }, fault: Fault, fraction: number): Step {
  const isLost = state.at === 'online' && state.steady;
  const isFresh = isLost || (state.at === 'connecting' && state.isWayNew === true);
  const attempt = isFresh ? 0 : state.attempt + 1;
  const isKnown = state.told.includes(fault.code);
  const told = isKnown ? state.told : [...state.told, fault.code];
  const effects: UplinkEffect[] = [
    letSleep('health'),
    { do: 'wake', timer: 'uplink', afterMs: backoffMs(Math.max(1, attempt), fraction) },
  ];
  const isAsking = fault.code === 'UPLINK_REFUSED' || (attempt > 0 && attempt % ASK_EVERY === 0);
  if (isAsking) effects.unshift({ do: 'checkLink', link: state.link });
  if (!isKnown) effects.unshift({ do: 'report', code: fault.code, detail: fault.detail });
  return [{ ...walkOf(state), at: 'waiting', attempt, told, jitter: fraction, trouble: fault.code }, effects];
}

function letSleep(timer: 'uplink' | 'health'): UplinkEffect {
  return { do: 'letSleep', timer };
}
