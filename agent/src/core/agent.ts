// The whole agent as one transition: routes an event to the machine it concerns, and carries what one machine's
// step means for the others (a link makes an uplink, a card makes a request, everything makes a LED pattern).

import {
  type CardFiles,
  type Fault,
  type LedPattern,
  type Result,
  type SlotId,
  slotKindOf,
} from '@ewon-agent/contracts';
import { atOrders, atRegistration, followOrders, isElsewhere, lastWords, type OrderEffect } from './agent-orders.ts';
import { fileOutcomes, type LoadedFile, verdictOf } from './card-files.ts';
import { type CardMarked, cardMarked, type MarkEffect, orderMarks } from './card-marks.ts';
import { type CardPolicy, offerFrom } from './card-offer.ts';
import { ledOf } from './led.ts';
import type { Device, Link, SavedRequest, SlotState, Slots, TimerName } from './model.ts';
import { NO_ORDERS, type Orders, type OrdersEvent } from './orders.ts';
import type { LocalSwitches } from './policy.ts';
import { type Registration, type RegistrationEvent, whyCardIsIgnored } from './registration.ts';
import type { RegistrationEffect } from './registration-effects.ts';
import { type Renewal, type RenewalEffect, type RenewalEvent, renewalTransition } from './renewal.ts';
import { type SlotEffect, type SlotEvent, slotTransition } from './slot.ts';
import { certificateFor, type Uplink, type UplinkEffect, type UplinkEvent, uplinkTransition } from './uplink.ts';
import { whyPassedBy } from './why-passed-by.ts';

export type AgentState = {
  readonly slots: Slots;
  readonly registration: Registration;
  readonly uplink: Uplink;
  readonly renewal: Renewal;
  readonly orders: Orders;
};

/** Fixed for the life of the process. */
export type AgentContext = {
  readonly device: Device;
  readonly policy: CardPolicy;
  /** Slots that SDConfigEnable or USBConfigEnable switches off: cards in them are not read. */
  readonly slotsOff: ReadonlySet<SlotId>;
  /** Where the Ewon's firmware takes files, a card is read in a linked Ewon as well. */
  readonly takesFiles: boolean;
  /** What the configuration lets the account do. */
  readonly switches: LocalSwitches;
};

/** `CardOffered` comes from outside where a person typed a key or sent a card's files. */
type FromRegistration = Exclude<
  RegistrationEvent,
  { on: 'TimerFired' | 'CertificateProved' | 'SessionHeld' | 'MoveCommanded' }
>;
type FromRenewal = Exclude<RenewalEvent, { on: 'Linked' | 'Unlinked' | 'RenewalLook' }>;
type FromUplink = Exclude<UplinkEvent, { on: 'TimerFired' | 'Linked' | 'Unlinked' | 'LinkKept' }>;
type FromSlot = Exclude<SlotEvent, { on: 'CardJudged' | 'CardPassedBy' }>;

export type AgentEvent =
  | FromRegistration
  | FromUplink
  | FromRenewal
  /** The account answered a renewal with this. */
  | (Omit<RegistrationEvent & { on: 'Granted' }, 'on'> & { readonly on: 'CertificateOffered' })
  /** Time to look at the certificate, by the clock of the device or, where it answered, of the account. */
  | { readonly on: 'RenewalLook'; readonly nowMs: number }
  | FromSlot
  | CardMarked
  | OrdersEvent
  | { readonly on: 'DeviceRefused'; readonly slot: SlotId; readonly device: string }
  | {
      readonly on: 'CardRead';
      readonly slot: SlotId;
      readonly insertion: string;
      readonly result: Result<CardFiles>;
      /** What the firmware took of it; absent where it takes nothing. */
      readonly loaded?: readonly LoadedFile[];
      readonly requestId: string;
    }
  | { readonly on: 'TimerFired'; readonly timer: Exclude<TimerName, 'renewal'> };

export type AgentEffect =
  | Exclude<RegistrationEffect, { do: 'failMove' }>
  | UplinkEffect
  | RenewalEffect
  | SlotEffect
  | MarkEffect
  | OrderEffect
  | { readonly do: 'showLed'; readonly pattern: LedPattern };

type Step = readonly [AgentState, readonly AgentEffect[]];

/** The state after a start: what was saved, and nothing known yet of slots and network. */
export function initialState(registration: Registration, orders: Orders = NO_ORDERS): AgentState {
  return { slots: {}, registration, uplink: { at: 'off' }, renewal: { at: 'off' }, orders };
}

/** Decides what follows from an event. Total and pure. */
export function agentTransition(state: AgentState, event: AgentEvent, context: AgentContext): Step {
  const [next, effects] = route(state, event, context);
  const [linked, linkEffects] = followLink(state, next, event);
  const [ordered, orderEffects] = followOrders(state, linked, event);
  const [slots, marks] = orderMarks(ordered.slots, ordered.registration);
  const after = slots === ordered.slots ? ordered : { ...ordered, slots };
  const pattern = ledOf(after);
  const led: AgentEffect[] = event.on === 'Started' || pattern !== ledOf(state) ? [{ do: 'showLed', pattern }] : [];
  // what is said from here on is for the other account: the session of the one before ends first
  const [first, then] = isMove(state, linked)
    ? [[...lastWords(state, linked, event), ...linkEffects], effects]
    : [effects, linkEffects];
  return [after, [...first, ...then, ...orderEffects, ...led, ...marks]]; // orange before the card is written
}

function route(state: AgentState, event: AgentEvent, context: AgentContext): Step {
  switch (event.on) {
    case 'CardInserted':
      return cardInserted(state, event, context);
    case 'CardRemoved':
    case 'CardLoading':
      return atSlot(state, event);
    case 'CardMarked': {
      const [slot, effects] = cardMarked(slotOf(state, event.slot), event);
      return [{ ...state, slots: { ...state.slots, [event.slot]: slot } }, effects];
    }
    case 'DeviceRefused':
      return [state, [{ do: 'report', code: 'SLOT_DEVICE_REFUSED', detail: `slot ${event.slot}: ${event.device}` }]];
    case 'CardRead':
      return cardRead(state, event, context);
    case 'Connected':
      return connected(state, event);
    case 'Disconnected':
    case 'WayFound':
      return atUplink(state, event);
    case 'PolicyReceived':
    case 'CommandReceived':
    case 'CommandTurn':
    case 'CommandEnded':
    case 'CommandCleared':
    case 'BoardStarted':
      return atOrders(state, event, context);
    case 'CertificateOffered': {
      const [taken, effects] = atRegistration(state, { ...event, on: 'Granted' });
      const [next, more] = atRenewal(taken, { on: 'RenewalAnswered' });
      return [next, [...effects, ...more]];
    }
    case 'RenewalAnswered':
    case 'RenewalFailed':
      return atRenewal(state, event);
    case 'RenewalLook':
      return lookAtRenewal(state, event.nowMs);
    case 'TimerFired': {
      if (event.timer === 'registration') return atRegistration(state, { on: 'TimerFired' });
      const isHeld = event.timer === 'uplink' && state.uplink.at === 'online';
      const [held] = isHeld ? atRegistration(state, { on: 'SessionHeld' }) : [state];
      return atUplink(held, { on: 'TimerFired', timer: event.timer });
    }
    default:
      return atRegistration(state, event);
  }
}

/** A session that a broker let in proves the certificate it was opened with. */
function connected(state: AgentState, event: AgentEvent & { on: 'Connected' }): Step {
  const [next, effects] = atUplink(state, event);
  if (next.uplink.at !== 'online' || next.uplink === state.uplink) return [next, effects];
  const { link, attempt } = next.uplink;
  const certificate = certificateFor(link, attempt);
  const [proved, more] = atRegistration(next, { on: 'CertificateProved', subject: link.location, certificate });
  return [proved, [...effects, ...more]];
}

/** Also gives a certificate that no broker has let in yet another try. */
function lookAtRenewal(state: AgentState, nowMs: number): Step {
  if (state.registration.at !== 'registered') return [state, []];
  const { link } = state.registration;
  const [next, effects] = atRenewal(state, { on: 'RenewalLook', nowMs, link });
  if (!link.next || next.uplink.at !== 'online') return [next, effects];
  const [again, opening] = relinked(next, link);
  return [again, [...effects, ...opening]];
}

/** A linked Ewon does not even read a card that only it could use: what is not read cannot do harm, and costs nothing. */
function cardInserted(state: AgentState, event: AgentEvent & { on: 'CardInserted' }, context: AgentContext): Step {
  const verdict = whyPassedBy(state.registration, event.slot, context);
  return atSlot(state, verdict ? { ...event, on: 'CardPassedBy', verdict } : event);
}

function cardRead(state: AgentState, event: AgentEvent & { on: 'CardRead' }, context: AgentContext): Step {
  const { slot, insertion, requestId } = event;
  const present = slotOf(state, slot);
  if (present.at !== 'reading' || present.insertion !== insertion) {
    // a late answer offers nothing, but what the Ewon has is told even when the card is gone
    const taken = fileOutcomes(
      slot,
      (event.loaded ?? []).filter(({ fault }) => !fault).map(({ name }) => name),
      event.loaded,
    );
    return [state, taken.map((outcome) => reported(slot, outcome))];
  }
  const others = event.result.ok ? fileOutcomes(slot, event.result.value.otherFiles, event.loaded) : [];
  const offer = event.result.ok ? offerFrom(event.result.value, { slot, requestId, ...context }) : event.result;
  if (!offer.ok) {
    const verdict = (offer.fault.code === 'CARD_NO_T2M' ? verdictOf(others) : undefined) ?? offer.fault;
    const [next, effects] = atSlot(state, { on: 'CardJudged', slot, insertion, verdict });
    return [next, [...others.filter((outcome) => outcome !== verdict).map((o) => reported(slot, o)), ...effects]];
  }
  const { request, wishes } = offer.value;
  const ignored = whyCardIsIgnored(state.registration, request);
  const verdict: Fault = ignored ?? { code: 'CARD_USABLE', detail: `key ${request.grkId}` };
  const [judged, effects] = atSlot(state, { on: 'CardJudged', slot, insertion, verdict, ...(wishes && { wishes }) });
  const before = [...others.map((outcome) => reported(slot, outcome)), ...effects];
  if (ignored) return [judged, before];
  const loaded: AgentEffect = { do: 'report', code: `${slotKindOf(slot)}_FILE_LOADED`, detail: 'T2M.txt' };
  return offered([judged, [...before, loaded]], slot, request);
}

function reported(slot: SlotId, { code, detail }: Fault): AgentEffect {
  // what an Ewon says of a file it took is said in its words, without the slot
  return { do: 'report', code, detail: code.endsWith('_FILE_LOADED') ? detail : `slot ${slot}: ${detail}` };
}

/** Of two cards in two slots, the one read last is asked with; the other is told that it gave way. */
function offered([state, before]: Step, slot: SlotId, request: SavedRequest): Step {
  const others = Object.entries(state.slots).map(([id, s]) => [id, id === slot ? s : superseded(s, slot)] as const);
  const [next, effects] = atRegistration(
    { ...state, slots: Object.fromEntries(others) },
    { on: 'CardOffered', request },
  );
  return [next, [...before, ...effects]];
}

function superseded(state: SlotState, by: SlotId): SlotState {
  if (state.at !== 'settled' || (state.code !== 'CARD_USABLE' && state.code !== 'CARD_ALREADY_PENDING')) return state;
  return { ...state, code: 'CARD_SUPERSEDED', detail: `by the card in ${by}` };
}

function followLink(before: AgentState, after: AgentState, event: AgentEvent): Step {
  const { registration } = after;
  if (registration.at === 'registered' && before.registration.at === 'registered' && event.on !== 'Started') {
    const [old, link] = [before.registration.link, registration.link];
    if (link === old) return [after, []];
    if (isMove(before, after)) return elsewhere(after, link);
    return needsSession(old, link) ? relinked(after, link) : atUplink(after, { on: 'LinkKept', link });
  }
  const isNew = event.on === 'Started' || before.registration.at !== 'registered';
  if (registration.at === 'registered' && isNew) return linkedOrNot(after, { on: 'Linked', link: registration.link });
  if (registration.at !== 'registered' && before.registration.at === 'registered')
    return linkedOrNot(after, { on: 'Unlinked' });
  return [after, []];
}

function linkedOrNot(state: AgentState, event: (UplinkEvent & RenewalEvent) & { on: 'Linked' | 'Unlinked' }): Step {
  const [first, effects] = atUplink(state, event);
  const [next, more] = atRenewal(first, event);
  return [next, [...effects, ...more]];
}

/** Tells whether a step has led from one account to another. */
function isMove({ registration: before }: AgentState, { registration: after }: AgentState): boolean {
  return before.at === 'registered' && after.at === 'registered' && isElsewhere(before.link, after.link);
}

function elsewhere(state: AgentState, link: Link): Step {
  const [off, closing] = linkedOrNot(state, { on: 'Unlinked' });
  const [on, opening] = linkedOrNot(off, { on: 'Linked', link });
  return [on, [...closing, ...opening]];
}

/** Another broker, another CA, or a certificate to be proved; not one that was proved just now, or another name. */
function needsSession(old: Link, link: Link): boolean {
  const certificates = [link.certificate, link.next?.certificate];
  const isProved = link.next === undefined && link.certificate === old.next?.certificate;
  const isSame = certificates[0] === old.certificate && certificates[1] === old.next?.certificate;
  const hasMoved = JSON.stringify([old.mqtt, old.ca]) !== JSON.stringify([link.mqtt, link.ca]);
  return hasMoved || !(isSame || isProved);
}

/** The account told another broker or another certificate: the session begins anew with it. */
function relinked(state: AgentState, link: Link): Step {
  const [off, closing] = atUplink(state, { on: 'Unlinked' });
  const [on, opening] = atUplink(off, { on: 'Linked', link });
  return [on, [...closing, ...opening]];
}

function atSlot(state: AgentState, event: SlotEvent): Step {
  const [next, effects] = slotTransition(slotOf(state, event.slot), event);
  return [{ ...state, slots: { ...state.slots, [event.slot]: next } }, effects];
}

function atUplink(state: AgentState, event: UplinkEvent): Step {
  const [uplink, effects] = uplinkTransition(state.uplink, event);
  return [{ ...state, uplink }, effects];
}

function atRenewal(state: AgentState, event: RenewalEvent): Step {
  const [renewal, effects] = renewalTransition(state.renewal, event);
  return [{ ...state, renewal }, effects];
}

function slotOf(state: AgentState, slot: SlotId): SlotState {
  return state.slots[slot] ?? { at: 'empty' };
}
