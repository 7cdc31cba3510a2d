// How the account's orders meet the other machines: where they come from and go to, what they begin there, and that they
// end with their link.

import { type CommandId, err, type Millis, ok, type Result, type SlotId } from '@ewon-agent/contracts';
import type { AgentContext, AgentEffect, AgentEvent, AgentState } from './agent.ts';
import { type Command, certainlyAfterMs } from './command-book.ts';
import { type CommandEffect, commandsTransition, executingIn, movingIn, untold } from './commands.ts';
import type { Link } from './model.ts';
import { NO_ORDERS, type Orders, type OrdersEvent, ordersTransition } from './orders.ts';
import { policyGranted } from './policy.ts';
import { type RegistrationEvent, transition } from './registration.ts';
import { whyPassedBy } from './why-passed-by.ts';

/** What is ordered for a link is told over a session of that link. */
export type OrderEffect =
  | (Extract<CommandEffect, { do: 'tellCommand' | 'clearCommand' }> & { readonly link: Link })
  | Exclude<CommandEffect, { do: 'tellCommand' | 'clearCommand' | Begun }>
  /** Ends with `CommandEnded`, at once. */
  | { readonly do: 'endCommand'; readonly id: CommandId; readonly result: NonNullable<Command['result']> };

/** What the other machines do, with the same save. */
type Begun = 'startForget' | 'startRescan' | 'startMove';

type Step = readonly [AgentState, readonly AgentEffect[]];

/** Carries an order of the account to the machine it concerns; what comes without a link is late. */
export function atOrders(state: AgentState, event: OrdersEvent, context: AgentContext): Step {
  if (state.registration.at !== 'registered') return [state, []];
  const { link, moving } = state.registration;
  const goesOn = event.on === 'BoardStarted' && moving ? { goesOn: moving.request.command } : {};
  const [orders, effects] = ordersTransition(state.orders, { ...event, ...goesOn }, link, context.switches);
  const [started, more] = start({ ...state, orders }, effects, context);
  return [started, [...effects.flatMap((effect) => addressed(effect, link)), ...more]];
}

/** Orders end with their link; a new one may bring a policy along. A new session is told how the commands stand. */
export function followOrders(before: AgentState, after: AgentState, event: AgentEvent): Step {
  if (after.registration.at !== 'registered')
    return [after.orders === NO_ORDERS ? after : { ...after, orders: NO_ORDERS }, []];
  const { link } = after.registration;
  const isSame = before.registration.at === 'registered' && !isElsewhere(before.registration.link, link);
  const orders = isSame ? after.orders : NO_ORDERS;
  const isGrant = event.on === 'Granted' || (event.on === 'Moved' && !isSame);
  if (isGrant && event.grant.policy) {
    const [policy, effects] = policyGranted(orders.policy, event.grant.policy, link);
    return [{ ...after, orders: { ...orders, policy } }, effects];
  }
  const state = isSame ? after : { ...after, orders };
  if (event.on === 'Connected' && after.uplink.at === 'online')
    return [state, untold(orders.book).map((command) => ({ do: 'tellCommand', link, command }))];
  const scan = scannedBy(state);
  return [state, scan && scannedBy(before)?.id !== scan.id ? [scan] : []];
}

/** Carries an event to the registration machine; the command of a move that has failed ends with the same save. */
export function atRegistration(state: AgentState, event: RegistrationEvent): Step {
  const [registration, effects] = transition(state.registration, bySigned(event, state.orders));
  const failed = effects.find((effect) => effect.do === 'failMove');
  const others = effects.filter((effect) => effect.do !== 'failMove');
  if (!failed || registration.at !== 'registered') return [{ ...state, registration }, others];
  const { command, fault, atMs } = failed;
  const [next, more] = ended({ ...state, registration }, command, { ok: false, fault }, atMs);
  return [next, [...others, ...more]];
}

/** A clock that stands at 1970 would have a move go on for ever: its end is judged as its beginning was (command-door.ts). */
function bySigned(event: RegistrationEvent, { book, policy }: Orders): RegistrationEvent {
  if (event.on !== 'Unreachable') return event;
  return { ...event, atMs: Math.max(event.atMs, certainlyAfterMs(book, policy.policy?.issuedAt)) };
}

function ended(state: AgentState, id: CommandId, outcome: Result<Command['result']>, atMs: Millis): Step {
  if (state.registration.at !== 'registered') return [state, []];
  const { link } = state.registration;
  const [book, effects] = commandsTransition(state.orders.book, { on: 'CommandEnded', id, outcome, atMs });
  return [{ ...state, orders: { ...state.orders, book } }, effects.flatMap((effect) => addressed(effect, link))];
}

/** Tells whether two links lead to different accounts. */
export function isElsewhere(a: Link, b: Link): boolean {
  return a.account.id !== b.account.id || a.deviceId !== b.deviceId;
}

/** What the account is told last of all when this Ewon has moved to another one: that it has done what was ordered. */
export function lastWords(before: AgentState, after: AgentState, event: AgentEvent): readonly AgentEffect[] {
  if (before.registration.at !== 'registered' || after.registration.at !== 'registered') return [];
  const { account } = after.registration.link;
  const command = movingIn(before.orders.book);
  if (event.on !== 'Moved' || !command) return [];
  const outcome = ok({ accountId: account.id, accountName: account.name });
  const [, effects] = ended(before, command.id, outcome, event.atMs);
  return effects.filter((effect) => effect.do === 'tellCommand');
}

function start(state: AgentState, effects: readonly CommandEffect[], context: AgentContext): Step {
  if (effects.some((effect) => effect.do === 'startForget')) return atRegistration(state, { on: 'ForgetOrdered' });
  const move = effects.find((effect) => effect.do === 'startMove');
  if (move) return startMove(state, move, context);
  if (!effects.some((effect) => effect.do === 'startRescan')) return [state, []];
  const again = Object.entries(state.slots).flatMap(([name, slot]) => {
    const id = name as SlotId;
    if (slot.at !== 'settled' || whyPassedBy(state.registration, id, context)) return [];
    return [{ slot: id, insertion: slot.insertion }];
  });
  const slots = Object.fromEntries(again.map(({ slot, insertion }) => [slot, { at: 'reading', insertion } as const]));
  return [{ ...state, slots: { ...state.slots, ...slots } }, again.map((which) => ({ do: 'readCard', ...which }))];
}

type MoveStart = CommandEffect & { readonly do: 'startMove' };

/** Who pinned the key of an account has decided at the device whom it belongs to. */
function startMove(state: AgentState, { request, atMs }: MoveStart, { policy: { pinnedKey } }: AgentContext): Step {
  const isAllowed = pinnedKey === undefined || pinnedKey.x === request.accountKey;
  if (isAllowed) return atRegistration(state, { on: 'MoveCommanded', request, atMs });
  return ended(state, request.command, err('MOVE_PINNED', `account ${request.account.name}`), atMs);
}

/** A rescan is over when no card is being read. */
function scannedBy({ orders, slots }: AgentState): (AgentEffect & { do: 'endCommand' }) | undefined {
  const command = executingIn(orders.book);
  const found = Object.entries(slots);
  if (command?.name !== 'rescan' || found.some(([, { at }]) => at === 'reading')) return undefined;
  const told = found.map(([slot, { at, ...rest }]) => ({
    slot,
    state: at,
    ...('code' in rest && { code: rest.code }),
  }));
  return { do: 'endCommand', id: command.id, result: { slots: told } };
}

function addressed(effect: CommandEffect, link: Link): readonly AgentEffect[] {
  if (effect.do === 'startForget' || effect.do === 'startRescan' || effect.do === 'startMove') return [];
  return [effect.do === 'tellCommand' || effect.do === 'clearCommand' ? { ...effect, link } : effect];
}
