// How the account's orders meet the other machines: where they come from and go to, what they begin there, and that they
// end with their link.

import type { CommandId, SlotId } from '@ewon-agent/contracts';
import type { AgentContext, AgentEffect, AgentEvent, AgentState } from './agent.ts';
import type { Command } from './command-book.ts';
import { type CommandEffect, executingIn, untold } from './commands.ts';
import type { Link } from './model.ts';
import { NO_ORDERS, type OrdersEvent, ordersTransition } from './orders.ts';
import { policyGranted } from './policy.ts';
import { transition } from './registration.ts';
import { whyPassedBy } from './why-passed-by.ts';

/** What is ordered for a link is told over a session of that link. */
export type OrderEffect =
  | (Extract<CommandEffect, { do: 'tellCommand' | 'clearCommand' }> & { readonly link: Link })
  | Exclude<CommandEffect, { do: 'tellCommand' | 'clearCommand' | 'startForget' | 'startRescan' }>
  /** Ends with `CommandEnded`, at once. */
  | { readonly do: 'endCommand'; readonly id: CommandId; readonly result: NonNullable<Command['result']> };

type Step = readonly [AgentState, readonly AgentEffect[]];

/** Carries an order of the account to the machine it concerns; what comes without a link is late. */
export function atOrders(state: AgentState, event: OrdersEvent, context: AgentContext): Step {
  if (state.registration.at !== 'registered') return [state, []];
  const { link } = state.registration;
  const [orders, effects] = ordersTransition(state.orders, event, link, context.switches);
  const [started, more] = start({ ...state, orders }, effects, context);
  return [started, [...effects.flatMap((effect) => addressed(effect, link)), ...more]];
}

/** Orders end with their link; a new one may bring a policy along. A new session is told how the commands stand. */
export function followOrders(before: AgentState, after: AgentState, event: AgentEvent): Step {
  if (after.registration.at !== 'registered')
    return [after.orders === NO_ORDERS ? after : { ...after, orders: NO_ORDERS }, []];
  const { link } = after.registration;
  const isSame = before.registration.at === 'registered' && before.registration.link.deviceId === link.deviceId;
  const orders = isSame ? after.orders : NO_ORDERS;
  if (event.on === 'Granted' && event.grant.policy) {
    const [policy, effects] = policyGranted(orders.policy, event.grant.policy, link);
    return [{ ...after, orders: { ...orders, policy } }, effects];
  }
  const state = isSame ? after : { ...after, orders };
  if (event.on === 'Connected' && after.uplink.at === 'online')
    return [state, untold(orders.book).map((command) => ({ do: 'tellCommand', link, command }))];
  const scan = scannedBy(state);
  return [state, scan && scannedBy(before)?.id !== scan.id ? [scan] : []];
}

function start(state: AgentState, effects: readonly CommandEffect[], context: AgentContext): Step {
  if (effects.some((effect) => effect.do === 'startForget')) {
    const [registration, more] = transition(state.registration, { on: 'ForgetOrdered' });
    return [{ ...state, registration }, more];
  }
  if (!effects.some((effect) => effect.do === 'startRescan')) return [state, []];
  const again = Object.entries(state.slots).flatMap(([name, slot]) => {
    const id = name as SlotId;
    if (slot.at !== 'settled' || whyPassedBy(state.registration, id, context)) return [];
    return [{ slot: id, insertion: slot.insertion }];
  });
  const slots = Object.fromEntries(again.map(({ slot, insertion }) => [slot, { at: 'reading', insertion } as const]));
  return [{ ...state, slots: { ...state.slots, ...slots } }, again.map((which) => ({ do: 'readCard', ...which }))];
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
  if (effect.do === 'startForget' || effect.do === 'startRescan') return [];
  return [effect.do === 'tellCommand' || effect.do === 'clearCommand' ? { ...effect, link } : effect];
}
