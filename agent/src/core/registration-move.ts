// How a linked Ewon goes to another account by order of its own, while it stays `registered`:
//
//   registered ──MoveCommanded──▶ + moving ──Moved──▶ (the link of the other account) + former ──UnlinkDone──▶ registered
//       ▲                          │    │ ▲                                            │ ▲
//       └── Refused, or expired ───┘    └─┘ Unreachable: wait        Unreachable: wait └─┘
//
// moving   the order is saved; the other account is asked until it has answered, the command has expired or a newer order
//          takes its place. The link counts as ever: this Ewon is online there, and stays when the other account says no
// former   the account it was in is told good-bye until it answers; not while another move is under way
//
// That the account says UNLINKED while it moves does not end the link: the other one may have let it in already, and only
// its answer was lost. Who is turned away by the broker asks again, after the move.

import { CODES, err, type Fault, type Grant, HOUR_MS, type Millis, ok, type Result } from '@ewon-agent/contracts';
import { backoffMs } from './backoff.ts';
import { linkFrom } from './link-of-grant.ts';
import type { Link, SavedMove } from './model.ts';
import type { Registration, RegistrationEvent } from './registration.ts';
import { letSleep, type RegistrationEffect, report, wake, withholdEvents } from './registration-effects.ts';

/** A move under way. */
export type Moving = { readonly request: SavedMove; readonly attempt: number; readonly trouble?: Fault };
/** The link before a move. `leftovers`: what waits to be sent may still be for that account. */
export type Former = {
  readonly link: Link;
  readonly attempt: number;
  readonly trouble?: Fault;
  readonly leftovers?: true;
};

type Registered = Registration & { readonly at: 'registered' };
type Step = readonly [Registered, readonly RegistrationEffect[]];

/** After about half an hour an account may well be gone for good: telling it shall cost nearly nothing. */
const GONE_AFTER_ATTEMPTS = 20;
const GONE_PAUSE_MS: Millis = HOUR_MS;

/** Decides what an event means for a move and for the good-bye after one; undefined where it means nothing to them. */
export function whileMoving(state: Registered, event: RegistrationEvent): Step | undefined {
  const { moving, former } = state;
  switch (event.on) {
    case 'Started': // the power may have been cut between the new link and this
      return [state, [...(former?.leftovers ? arrival(state.link, former.link) : []), ...goOn(state)]];
    case 'TimerFired':
      return [state, goOn(state)];
    case 'MoveCommanded': {
      const { request } = event;
      const { id, name, directoryUrl } = request.account;
      const said = report('MOVE_SENT', `to account ${name} (${id}) at ${directoryUrl}`);
      const before = moving ? [superseded(moving, event)] : [];
      return [{ ...state, moving: { request, attempt: 0 } }, [letSleep, ...before, said, { do: 'sendMove', request }]];
    }
    case 'Moved':
      return event.subject === moving?.request.requestId ? arrive(state, moving.request, event) : undefined;
    case 'UnlinkDone':
      return event.subject === former?.link.location ? parted(state, former, '') : undefined;
    case 'Refused':
      if (event.subject === moving?.request.requestId) return stay(state, moving, event.fault, event.atMs);
      // that account knows nothing of us (any more): that is what was wanted
      return event.subject === former?.link.location ? parted(state, former, ` said ${event.fault.code}`) : undefined;
    case 'Unreachable':
      if (event.subject === moving?.request.requestId) return askLater(state, moving, event);
      return event.subject === former?.link.location ? tellLater(state, former, event) : undefined;
    default:
      return undefined;
  }
}

/** What is given up when the link ends: a move under way, and the good-bye that an account did not hear. */
export function movesGivenUp({ moving, former }: Registered): readonly RegistrationEffect[] {
  return [...(moving || former ? [letSleep] : []), ...(former ? [untold(former.link, 'it is not told any more')] : [])];
}

/** A session of the link was opened: what is kept from here on is for its account. */
export function withoutLeftovers(state: Registered): Registered {
  if (!state.former?.leftovers) return state;
  const { leftovers: _, ...former } = state.former;
  return { ...state, former };
}

function goOn({ moving, former }: Registered): readonly RegistrationEffect[] {
  if (moving) return [{ do: 'sendMove', request: moving.request }];
  return former ? [{ do: 'sendUnlink', link: former.link }] : [];
}

function arrive(state: Registered, request: SavedMove, event: RegistrationEvent & { on: 'Moved' }): Step {
  const { grant, location, valid, atMs } = event;
  const own = judged(request, grant);
  if (!own.ok) return stay(state, { request, attempt: 0 }, own.fault, atMs);
  const link = linkFrom({ account: request.account, location }, grant, valid);
  const former: Former = { link: state.link, attempt: 0, leftovers: true };
  const next: Registered = { at: 'registered', link, former };
  return [next, [letSleep, ...arrival(link, state.link), ...unheard(state), { do: 'sendUnlink', link: state.link }]];
}

/** The account thought better of it, or its order led to where nobody answers: the last word of it counts. */
function superseded({ request }: Moving, { request: { command }, atMs }: RegistrationEvent & { on: 'MoveCommanded' }) {
  const { fault } = err('MOVE_SUPERSEDED', `by ${command}`);
  return { do: 'failMove', command: request.command, fault, atMs } as const;
}

/** The account that was named must have answered: whoever sits at its address could grant anything else. */
function judged({ account, accountKey }: SavedMove, grant: Grant): Result<Grant> {
  if (grant.account.id !== account.id)
    return err('MOVE_FOREIGN', `account ${grant.account.id}, expected ${account.id}`);
  if (!grant.accountKeys.some(({ x }) => x === accountKey)) return err('MOVE_FOREIGN', 'another key speaks for it');
  return ok(grant);
}

/** What the account before was not told is not for this one. */
function arrival(link: Link, before: Link): readonly RegistrationEffect[] {
  const said = `${link.name} in account ${link.account.name}, from account ${before.account.name}`;
  return [withholdEvents, report('MOVED', said)];
}

/** Of the accounts before, only the last is told. */
function unheard({ former }: Registered): readonly RegistrationEffect[] {
  return former ? [untold(former.link, 'it is not told any more')] : [];
}

function stay(state: Registered, { request }: Moving, { code, detail }: Fault, atMs: Millis): Step {
  const { moving: _, ...staying } = state;
  return [
    staying,
    [letSleep, { do: 'failMove', command: request.command, fault: { code, detail }, atMs }, ...goOn(staying)],
  ];
}

function askLater(state: Registered, moving: Moving, event: RegistrationEvent & { on: 'Unreachable' }): Step {
  const attempt = moving.attempt + 1;
  const pauseMs = backoffMs(attempt, event.fraction, event.retryAfterMs);
  if (event.atMs + pauseMs >= Date.parse(moving.request.expiresAt)) return stay(state, moving, event.fault, event.atMs);
  const { code, detail } = event.fault;
  const said = `on the way to account ${moving.request.account.name}: ${detail}`;
  const news = moving.trouble?.code === code ? [] : [report(code, said)];
  return [{ ...state, moving: { ...moving, attempt, trouble: { code, detail } } }, [...news, wake(pauseMs)]];
}

function parted(state: Registered, { link }: Former, how: string): Step {
  const { former: _, ...alone } = state;
  return [alone, [...(state.moving ? [] : [letSleep]), report('MOVE_TOLD', `account ${link.account.name}${how}`)]];
}

function tellLater(state: Registered, former: Former, event: RegistrationEvent & { on: 'Unreachable' }): Step {
  const attempt = former.attempt + 1;
  const { code, detail } = event.fault;
  const { leftovers: _, ...told } = former;
  const news = former.trouble?.code === code ? [] : [untold(former.link, `${code}: ${detail || CODES[code].text}`)];
  const patienceMs = attempt > GONE_AFTER_ATTEMPTS ? GONE_PAUSE_MS : 0;
  const again = wake(backoffMs(attempt, event.fraction, Math.max(patienceMs, event.retryAfterMs)));
  const next = { ...state, former: { ...told, attempt, trouble: { code, detail } } };
  return [next, state.moving ? [] : [...news, again]];
}

function untold({ account }: Link, why: string): RegistrationEffect {
  return report('MOVE_UNTOLD', `account ${account.name}: ${why}`);
}
