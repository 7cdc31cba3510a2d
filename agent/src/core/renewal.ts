// The renewal machine: keeps the certificate of a linked Ewon young. Not saved: a start begins at `off`, and what a
// renewal brought is saved with the link.
//
//   off ──Linked──▶ resting ──RenewalLook, due──▶ asking ──RenewalAnswered──▶ resting
//    ▲                ▲  │  ▲                        │
//    │                └──┘  └──── RenewalLook ───────┤ RenewalFailed
//    └──Unlinked── (all)                             ▼
//                                                 waiting
//
// off      not linked
// resting  the certificate is young, or the clock cannot be believed; it is looked at again after a while
// asking   the account was asked for a new one
// waiting  it did not give one; it is asked again after a jittered pause, or when a person has had time to decide
//
// A clock that stands before the beginning of the certificate is wrong (docs/decisions/0008): nothing is judged by it.
// One that is ahead does no harm: the account answers with the certificate that it gave before.

import { DAY_MS, type Fault, HOUR_MS, MINUTE_MS, type Millis } from '@ewon-agent/contracts';
import { backoffMs } from './backoff.ts';
import type { Link, Validity } from './model.ts';

export type Renewal =
  | { readonly at: 'off' }
  | { readonly at: 'resting' }
  | { readonly at: 'asking'; readonly attempt: number; readonly trouble?: Fault }
  | { readonly at: 'waiting'; readonly attempt: number; readonly trouble: Fault };

export type RenewalEvent =
  | { readonly on: 'Linked'; readonly link: Link }
  | { readonly on: 'Unlinked' }
  /** It is time to look at the certificate. `nowMs` by the clock of the device, or of the account where it told it. */
  | { readonly on: 'RenewalLook'; readonly nowMs: Millis; readonly link: Link }
  | { readonly on: 'RenewalAnswered' }
  | {
      readonly on: 'RenewalFailed';
      readonly fault: Fault;
      readonly fraction: number;
      readonly retryAfterMs: Millis;
    };

export type RenewalEffect =
  | { readonly do: 'renewCertificate'; readonly link: Link }
  | { readonly do: 'wake'; readonly timer: 'renewal'; readonly afterMs: Millis }
  | { readonly do: 'letSleep'; readonly timer: 'renewal' }
  | { readonly do: 'report'; readonly code: Fault['code']; readonly detail: string };

type Step = readonly [Renewal, readonly RenewalEffect[]];

/** A clock that was wrong at the start is set by then; and a day late is early enough for a certificate of 90 days. */
const LOOK_EVERY_MS: Millis = HOUR_MS;
/** Devices that were approved on one day do not renew at one moment. */
const SPREAD_MS: Millis = DAY_MS;
/** A person who allows a renewal sees it happen soon; a device that waits for years costs the account nothing much. */
const PERSON_MS: Millis = 10 * MINUTE_MS;

/** Decides what follows from an event. Total and pure; an event that does not fit keeps the state. */
export function renewalTransition(state: Renewal, event: RenewalEvent): Step {
  switch (event.on) {
    case 'Linked':
      return state.at === 'off' ? [{ at: 'resting' }, [wake(0)]] : [state, []];
    case 'Unlinked':
      return state.at === 'off' ? [state, []] : [{ at: 'off' }, [{ do: 'letSleep', timer: 'renewal' }]];
    case 'RenewalLook': {
      if (state.at === 'off' || state.at === 'asking') return [state, []];
      if (!isDue(event.link, event.nowMs)) return [{ at: 'resting' }, [wake(LOOK_EVERY_MS)]];
      const attempt = state.at === 'waiting' ? state.attempt : 0;
      const trouble = state.at === 'waiting' ? { trouble: state.trouble } : {};
      return [{ at: 'asking', attempt, ...trouble }, [{ do: 'renewCertificate', link: event.link }]];
    }
    case 'RenewalAnswered':
      return state.at === 'asking' ? [{ at: 'resting' }, [wake(LOOK_EVERY_MS)]] : [state, []];
    case 'RenewalFailed': {
      if (state.at !== 'asking') return [state, []];
      const { code, detail } = event.fault;
      const news: RenewalEffect[] = state.trouble?.code === code ? [] : [{ do: 'report', code, detail }];
      const attempt = state.attempt + 1;
      const pauseMs = backoffMs(attempt, event.fraction, code === 'RENEWAL_PENDING' ? PERSON_MS : event.retryAfterMs);
      return [{ at: 'waiting', attempt, trouble: { code, detail } }, [...news, wake(pauseMs)]];
    }
  }
}

/**
 * Tells whether a new certificate is wanted: the newest that we have has lived two thirds of its life. One whose dates
 * an older release did not save is asked for; the account answers with the same one while that is young.
 */
export function isDue(link: Link, nowMs: Millis): boolean {
  const valid = link.next ? link.next.valid : link.valid;
  if (!valid) return true;
  return nowMs >= valid.notBeforeMs && nowMs >= renewFromMs(valid, link.deviceId);
}

function renewFromMs({ notBeforeMs, notAfterMs }: Validity, deviceId: string): Millis {
  const lifeMs = notAfterMs - notBeforeMs;
  const spreadMs = Math.min(SPREAD_MS, lifeMs / 12) * fractionOf(deviceId);
  return notBeforeMs + (lifeMs * 2) / 3 + spreadMs;
}

/** Even over [0, 1), and the same for a device at every start: its id is random. */
function fractionOf(deviceId: string): number {
  const digits = [...deviceId.slice(-4)].map((letter) => 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter));
  return digits.reduce((sum, digit) => sum * 32 + Math.max(0, digit), 0) / 32 ** 4;
}

function wake(afterMs: Millis): RenewalEffect {
  return { do: 'wake', timer: 'renewal', afterMs };
}
