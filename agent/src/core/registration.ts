// The registration machine: how an unregistered Ewon becomes a linked one, and stops being one.
//
//   unregistered ──CardOffered──▶ requesting ──RequestPended──▶ pending ──Granted──▶ registered
//        ▲  ▲                       │   ▲ │                        │                   │    │
//        │  └──────Refused──────────┘   └─┘ Unreachable: wait      │                   │    │ ForgetOrdered
//        │  └──────Refused (REJECTED, VOID …)──────────────────────┘                   │    ▼
//        │  └──────Refused (UNLINKED)──────────────────────────────────────────────────┘ forgetting
//        └─────────UnlinkDone───────────────────────────────────────────────────────────────┘
//                                 requesting ◀──CardOffered (another account, the old one not to be reached)──┘
//
//   registered stays so while its account moves it to another one: registration-move.ts
//
//   unregistered, requesting, pending ──WizardOrdered──▶ joining ──Joined──▶ registered
//   joining ──Refused──▶ unregistered   joining ──CardOffered──▶ requesting
//
// unregistered  cards are watched; `last` says what became of the previous attempt
// requesting    the request is saved; it is sent again until the account has answered it
// pending       the account has the request; a person decides; we wait at `location`
// joining       a user of the account adds this Ewon, whose password is in the first sending only and not in the state. Sent again, it
//               asks what became of the request with that id: an answer that was lost is given again
// registered    approved; the link is saved; cards are ignored
// forgetting    the device was told to forget; that is saved and told the account until it answers, or, when it could not
//               be reached, until a card leads to another one
//
// What is in the state is all that is remembered: `Started` after a power cut goes on from there.
// One file of more than 400 lines: a machine is read as a whole, state by state.

import {
  CODES,
  type Fault,
  type Grant,
  type Millis,
  type PendingAnswer,
  timestampOf,
  unreachable,
} from '@ewon-agent/contracts';
import { backoffMs } from './backoff.ts';
import { isSameLink, linkFrom, renewedLink } from './link-of-grant.ts';
import type {
  AccountAddress,
  Ending,
  Link,
  SavedMove,
  SavedRequest,
  SavedWizard,
  Validity,
  WizardSecret,
} from './model.ts';
import { letSleep, type RegistrationEffect, report, wake, withholdEvents } from './registration-effects.ts';
import { type Former, type Moving, movesGivenUp, whileMoving, withoutLeftovers } from './registration-move.ts';

export type Registration =
  | { readonly at: 'unregistered'; readonly last?: Ending }
  | { readonly at: 'requesting'; readonly request: SavedRequest; readonly attempt: number; readonly trouble?: Fault }
  | {
      readonly at: 'pending';
      readonly request: SavedRequest;
      readonly location: string;
      readonly account: PendingAnswer['account'];
      readonly code: PendingAnswer['code'];
      readonly attempt: number;
      readonly trouble?: Fault;
    }
  | { readonly at: 'joining'; readonly request: SavedWizard; readonly attempt: number; readonly trouble?: Fault }
  | {
      readonly at: 'registered';
      readonly link: Link;
      /** What the account says against us, though we are linked. */
      readonly trouble?: Fault;
      readonly moving?: Moving;
      readonly former?: Former;
    }
  | {
      readonly at: 'forgetting';
      readonly link: Link;
      readonly attempt: number;
      readonly trouble?: Fault;
      /** Where the device was told to move to: asked once the old account knows. */
      readonly move?: SavedRequest;
    };

/** `subject` is the request id or the location that was asked about: a late answer to another one changes nothing. */
export type RegistrationEvent =
  | { readonly on: 'Started' }
  | { readonly on: 'CardOffered'; readonly request: SavedRequest }
  /** By a person; what is secret of it is in no state. */
  | { readonly on: 'WizardOrdered'; readonly request: SavedWizard; readonly secret: WizardSecret }
  /** The account has added this Ewon. */
  | {
      readonly on: 'Joined';
      readonly subject: string;
      readonly location: string;
      readonly grant: Grant;
      readonly valid?: Validity;
    }
  | {
      readonly on: 'RequestPended';
      readonly subject: string;
      readonly location: string;
      readonly answer: PendingAnswer;
    }
  | {
      readonly on: 'StillPending';
      readonly subject: string;
      readonly code: PendingAnswer['code'];
      readonly retryAfterMs: Millis;
    }
  | { readonly on: 'Granted'; readonly subject: string; readonly grant: Grant; readonly valid?: Validity }
  /** A session has lasted, so nobody keeps us out. */
  | { readonly on: 'SessionHeld' }
  | { readonly on: 'CertificateProved'; readonly subject: string; readonly certificate: string }
  | { readonly on: 'Refused'; readonly subject: string; readonly fault: Fault; readonly atMs: Millis }
  | {
      readonly on: 'Unreachable';
      readonly subject: string;
      readonly fault: Fault;
      readonly fraction: number;
      readonly retryAfterMs: Millis;
      readonly atMs: Millis;
    }
  | { readonly on: 'TimerFired' }
  | { readonly on: 'ForgetOrdered' }
  /** Good-bye to the present account, then a registration at another. */
  | { readonly on: 'MoveOrdered'; readonly request: SavedRequest }
  /** The account ordered a move to another one, which expects this Ewon. */
  | { readonly on: 'MoveCommanded'; readonly request: SavedMove; readonly atMs: Millis }
  /** The other account has let it in. */
  | {
      readonly on: 'Moved';
      readonly subject: string;
      readonly location: string;
      readonly grant: Grant;
      readonly valid?: Validity;
      readonly atMs: Millis;
    }
  | { readonly on: 'UnlinkDone'; readonly subject: string; readonly atMs: Millis };

type Step = readonly [Registration, readonly RegistrationEffect[]];

/** Shortest pause between two polls: an account that answers at once must not make a busy loop of us. */
const POLL_PAUSE_MS: Millis = 1000;

/** Decides what follows from an event. Total and pure; an event that does not fit keeps the state. */
export function transition(state: Registration, event: RegistrationEvent): Step {
  switch (state.at) {
    case 'unregistered':
      if (event.on === 'CardOffered' || event.on === 'MoveOrdered') return request(event.request);
      if (event.on === 'WizardOrdered') return join(event);
      return [state, event.on === 'Started' ? [withholdEvents] : []]; // the power may have been cut between the end of a link and this
    case 'requesting':
      return whileRequesting(state, event);
    case 'pending':
      return whilePending(state, event);
    case 'joining':
      return whileJoining(state, event);
    case 'registered':
      return whileRegistered(state, event);
    case 'forgetting':
      return whileForgetting(state, event);
    default:
      return unreachable(state);
  }
}

/** Tells why no card is wanted now, whatever is on it; undefined where cards are read. */
export function whyCardsAreIgnored(state: Registration): Fault | undefined {
  return state.at === 'registered' ? linkedFault(state.link) : undefined;
}

/** Tells whether a card may ask for a registration now; if not, why not. */
export function whyCardIsIgnored(state: Registration, offered: SavedRequest): Fault | undefined {
  if (state.at === 'registered' || (state.at === 'forgetting' && !mayMoveOn(state, offered))) {
    return linkedFault(state.link);
  }
  const present = state.at === 'requesting' || state.at === 'pending' ? state.request : undefined;
  const same = present?.grkId === offered.grkId && isSameAccount(present.account, offered.account);
  return same ? { code: 'CARD_ALREADY_PENDING', detail: `key ${offered.grkId}` } : undefined;
}

/** The same for what a person offers at the console, who knows of no card. */
export function whyOfferIsRefused(state: Registration, offered: SavedRequest): Fault | undefined {
  const fault = whyCardIsIgnored(state, offered);
  return fault?.code === 'CARD_IGNORED_LINKED' ? { ...fault, code: 'REGISTER_LINKED' } : fault;
}

/** Tells whether the wizard may be run now; if not, why not. */
export function whyWizardIsRefused(state: Registration): Fault | undefined {
  if (state.at !== 'registered' && state.at !== 'forgetting') return undefined;
  return { code: 'WIZARD_LINKED', detail: linkedFault(state.link).detail };
}

/** The id under which the wizard asks: the same as before while nobody knows what became of that. */
export function wizardRequestId(state: Registration, { account }: SavedWizard, fresh: string): string {
  return state.at === 'joining' && isSameAccount(state.request.account, account) ? state.request.requestId : fresh;
}

function linkedFault({ account, name }: Link): Fault {
  return { code: 'CARD_IGNORED_LINKED', detail: `account ${account.name}, Ewon ${name}` };
}

/** The CA counts: a card that was written again, or a corrected configuration, must get past an address that trusts the wrong one. */
function isSameAccount(a: AccountAddress, b: AccountAddress): boolean {
  return a.directoryUrl === b.directoryUrl && a.ca === b.ca;
}

/** An account that is gone for good, or was set up anew, would otherwise hold for ever an Ewon that was told to forget it. */
function mayMoveOn(state: Registration & { at: 'forgetting' }, offered: SavedRequest): boolean {
  return state.attempt > 0 && !isSameAccount(state.link.account, offered.account);
}

function whileRequesting(state: Registration & { at: 'requesting' }, event: RegistrationEvent): Step {
  const { request: saved } = state;
  switch (event.on) {
    case 'Started':
    case 'TimerFired':
      return [state, [{ do: 'sendRequest', request: saved }]];
    case 'CardOffered':
    case 'MoveOrdered':
      return supersede(saved, event.request);
    case 'WizardOrdered':
      return join(event);
    case 'RequestPended': {
      if (event.subject !== saved.requestId) return [state, []];
      const { account, code } = event.answer;
      const next = { at: 'pending', request: saved, location: event.location, account, code, attempt: 0 } as const;
      return [next, [letSleep, report(code, `account ${account.name}`), awaitDecision(next)]];
    }
    case 'Refused':
      return event.subject === saved.requestId ? end(event.fault, event.atMs) : [state, []];
    case 'Unreachable':
      return event.subject === saved.requestId ? tryLater(state, event) : [state, []];
    case 'ForgetOrdered':
      return [
        { at: 'unregistered' },
        [letSleep, report('FORGOTTEN', 'the request was withdrawn before it was answered')],
      ];
    default:
      return [state, []];
  }
}

function whilePending(state: Registration & { at: 'pending' }, event: RegistrationEvent): Step {
  switch (event.on) {
    case 'Started':
    case 'TimerFired':
      return [state, [awaitDecision(state)]];
    case 'CardOffered':
    case 'MoveOrdered':
      return supersede(state.request, event.request);
    case 'WizardOrdered':
      return join(event);
    case 'StillPending': {
      if (event.subject !== state.location) return [state, []];
      const { trouble: _, ...untroubled } = state;
      return [{ ...untroubled, code: event.code, attempt: 0 }, [wake(Math.max(POLL_PAUSE_MS, event.retryAfterMs))]];
    }
    case 'Granted': {
      if (event.subject !== state.location) return [state, []];
      const { grant } = event;
      const link = linkFrom({ account: state.request.account, location: state.location }, grant, event.valid);
      const code = grant.status === 'replaced' ? 'REPLACED' : 'REGISTERED';
      return [{ at: 'registered', link }, [letSleep, report(code, `${grant.name} in account ${grant.account.name}`)]];
    }
    case 'Refused':
      return event.subject === state.location ? end(event.fault, event.atMs) : [state, []];
    case 'Unreachable':
      return event.subject === state.location ? tryLater(state, event) : [state, []];
    case 'ForgetOrdered':
      return [
        { at: 'unregistered' },
        [letSleep, report('FORGOTTEN', 'the request was withdrawn while it was pending')],
      ];
    default:
      return [state, []];
  }
}

function whileJoining(state: Registration & { at: 'joining' }, event: RegistrationEvent): Step {
  const { request: saved } = state;
  switch (event.on) {
    case 'Started':
    case 'TimerFired':
      return [state, [{ do: 'sendWizard', request: saved }]];
    case 'WizardOrdered':
      return join(event);
    case 'CardOffered':
    case 'MoveOrdered': {
      const [next, effects] = request(event.request);
      return [next, [letSleep, report('WIZARD_SUPERSEDED', `by key ${event.request.grkId}`), ...effects]];
    }
    case 'Joined': {
      if (event.subject !== saved.requestId) return [state, []];
      const { grant } = event;
      const link = linkFrom({ account: saved.account, location: event.location }, grant, event.valid);
      return [
        { at: 'registered', link },
        [letSleep, report('REGISTERED', `${grant.name} in account ${grant.account.name}, by wizard`)],
      ];
    }
    case 'Refused':
      return event.subject === saved.requestId ? end(event.fault, event.atMs) : [state, []];
    case 'Unreachable':
      return event.subject === saved.requestId ? tryLater(state, event) : [state, []];
    case 'ForgetOrdered':
      return [{ at: 'unregistered' }, [letSleep, report('FORGOTTEN', 'what the wizard asked was withdrawn')]];
    default:
      return [state, []];
  }
}

function whileRegistered(state: Registration & { at: 'registered' }, event: RegistrationEvent): Step {
  return whileMoving(state, event) ?? whileLinked(state, event);
}

function whileLinked(state: Registration & { at: 'registered' }, event: RegistrationEvent): Step {
  const { trouble, ...untroubled } = state;
  switch (event.on) {
    case 'Refused': // only the answer of the account to "am I still linked?" comes here; a broker's word does not count
      if (event.subject !== state.link.location) return [state, []];
      if (event.fault.code === 'IDENTITY_QUARANTINED') return toldOf(state, event.fault);
      if (event.fault.code !== 'UNLINKED' || state.moving) return [state, []];
      return partFrom(state, { code: 'UNLINKED', detail: `account ${state.link.account.name}` }, event.atMs);
    case 'Granted': {
      // the answer to the same question: the broker may have moved, the Ewon been renamed
      if (event.subject !== state.link.location || event.grant.deviceId !== state.link.deviceId) return [state, []];
      // a key that counts for the account comes announced by the one before, never by an answer over TLS (decision 0025)
      const grant = { ...event.grant, accountKeys: state.link.accountKeys };
      const link = renewedLink(state.link, grant, event.valid);
      if (isSameLink(link, state.link)) return [trouble ? untroubled : state, []];
      return [{ ...untroubled, link }, []];
    }
    case 'SessionHeld':
      return [trouble ? untroubled : state, []];
    case 'CertificateProved': {
      const { next, ...link } = state.link;
      if (event.subject !== link.location) return [state, []];
      if (next?.certificate !== event.certificate) return [withoutLeftovers(state), []];
      const proved = { ...link, ...next };
      const until = next.valid ? `until ${timestampOf(next.valid.notAfterMs)}` : '';
      return [{ ...withoutLeftovers(state), link: proved }, [report('CERTIFICATE_RENEWED', until)]];
    }
    case 'ForgetOrdered':
      return forget(state, {});
    case 'MoveOrdered':
      return forget(state, { move: event.request });
    default:
      return [state, []];
  }
}

function forget(state: Registration & { at: 'registered' }, then: { readonly move?: SavedRequest }): Step {
  const { link } = state;
  return [{ at: 'forgetting', link, attempt: 0, ...then }, [...movesGivenUp(state), { do: 'sendUnlink', link }]];
}

function partFrom(state: Registration & { at: 'registered' }, fault: Fault, atMs: Millis): Step {
  const [next, effects] = part(fault, atMs);
  return [next, [...movesGivenUp(state), ...effects]];
}

/** The same trouble is told once. */
function toldOf(state: Registration & { at: 'registered' }, { code, detail }: Fault): Step {
  if (state.trouble?.code === code) return [state, []];
  return [{ ...state, trouble: { code, detail } }, [report(code, detail)]];
}

function whileForgetting(state: Registration & { at: 'forgetting' }, event: RegistrationEvent): Step {
  switch (event.on) {
    case 'Started':
    case 'TimerFired':
      return [state, [{ do: 'sendUnlink', link: state.link }]];
    case 'CardOffered': {
      if (!mayMoveOn(state, event.request)) return [state, []];
      const [next, effects] = request(event.request);
      const untold = report('FORGOTTEN', `account ${state.link.account.name} could not be told`);
      return [next, [letSleep, untold, withholdEvents, ...effects]];
    }
    case 'UnlinkDone':
      if (event.subject !== state.link.location) return [state, []];
      return leave(state, { code: 'FORGOTTEN', detail: `account ${state.link.account.name}` }, event.atMs);
    case 'MoveOrdered': // the newest order counts; the old account is told first all the same
      return [{ ...state, move: event.request }, []];
    case 'ForgetOrdered': {
      const { move, ...staying } = state;
      return [move ? staying : state, []];
    }
    case 'Refused': // the account knows nothing of us (any more): that is what was wanted
      if (event.subject !== state.link.location) return [state, []];
      return leave(
        state,
        { code: 'FORGOTTEN', detail: `account ${state.link.account.name} said ${event.fault.code}` },
        event.atMs,
      );
    case 'Unreachable':
      return event.subject === state.link.location ? tryLater(state, event) : [state, []];
    default:
      return [state, []];
  }
}

/** The same trouble is told once, another one again: a person who reads "check the network" must learn that it is the clock by now. */
function tryLater(
  state: Registration & { at: 'requesting' | 'pending' | 'joining' | 'forgetting' },
  { fault, fraction, retryAfterMs }: RegistrationEvent & { on: 'Unreachable' },
): Step {
  const attempt = state.attempt + 1;
  const trouble = { code: fault.code, detail: fault.detail };
  const news = state.trouble?.code === fault.code ? [] : [report(fault.code, fault.detail)];
  return [{ ...state, attempt, trouble }, [...news, wake(backoffMs(attempt, fraction, retryAfterMs))]];
}

function request(saved: SavedRequest): Step {
  return [
    { at: 'requesting', request: saved, attempt: 0 },
    [
      report('REGISTRATION_SENT', `key ${saved.grkId} to ${saved.account.directoryUrl}`),
      { do: 'sendRequest', request: saved },
    ],
  ];
}

/** What is under way gives way; its answer would be about something that counts no more. */
function join({ request, secret }: RegistrationEvent & { on: 'WizardOrdered' }): Step {
  const { wizard, account } = request;
  const detail = `wizard of user ${wizard.user} to ${account.directoryUrl}`;
  return [
    { at: 'joining', request, attempt: 0 },
    [letSleep, report('REGISTRATION_SENT', detail), { do: 'sendWizard', request, secret }],
  ];
}

function supersede(old: SavedRequest, offered: SavedRequest): Step {
  const [next, effects] = request(offered);
  return [next, [letSleep, report('CARD_SUPERSEDED', `key ${old.grkId} gave way to ${offered.grkId}`), ...effects]];
}

function end(fault: Fault, atMs: Millis): Step {
  const { code, detail } = fault;
  return [{ at: 'unregistered', last: { code, detail, atMs } }, [letSleep, report(code, detail)]];
}

/** Ends a link. What this account was not told any more is not for the next one either. */
function part(fault: Fault, atMs: Millis): Step {
  const [next, effects] = end(fault, atMs);
  return [next, [...effects, withholdEvents]];
}

/** The old account knows: what waited for it stays here, and where a move was ordered, the other account is asked. */
function leave(state: Registration & { at: 'forgetting' }, fault: Fault, atMs: Millis): Step {
  const [parted, effects] = part(fault, atMs);
  if (!state.move) return [parted, effects];
  const [next, more] = request(state.move);
  return [next, [...effects, ...more]];
}

function awaitDecision(state: { location: string; request: SavedRequest }): RegistrationEffect {
  return { do: 'awaitDecision', location: state.location, request: state.request };
}

/** Tells whether a fault asks a person to act, though the agent keeps trying. */
export function needsPerson(fault: Fault | undefined): boolean {
  return fault !== undefined && CODES[fault.code].severity === 'error';
}
