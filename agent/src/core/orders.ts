// What the account orders, and how far that is: its policy and its commands. Both are for one link and end with it.

import type { PolicyDocument } from '@ewon-agent/contracts';
import { type CommandBook, EMPTY_BOOK } from './command-book.ts';
import { type CommandReceived, judgeCommand } from './command-door.ts';
import { type CommandEffect, type CommandEvent, type CommandTurn, commandsTransition } from './commands.ts';
import type { Link } from './model.ts';
import {
  decide,
  type LocalSwitches,
  type PolicyReceived,
  type PolicyState,
  policyReceived,
  withKeys,
} from './policy.ts';
import { noted } from './refusals.ts';

export type Orders = { readonly policy: PolicyState; readonly book: CommandBook };

export const NO_ORDERS: Orders = { policy: {}, book: EMPTY_BOOK };

export type OrdersEvent =
  | PolicyReceived
  | CommandReceived
  | CommandTurn
  | Extract<CommandEvent, { on: 'CommandEnded' | 'CommandCleared' | 'BoardStarted' }>;

type Step = readonly [Orders, readonly CommandEffect[]];

/** What of the orders survives a power cut; undefined when there is nothing. */
export function savedOrders({ policy, book }: Orders): Orders | undefined {
  const { refused: _, ...kept } = policy;
  const isEmpty = Object.keys(kept).length === 0 && book.list.length === 0 && book.forgottenUpToMs === 0;
  return isEmpty ? undefined : { policy: kept, book };
}

/** Decides what follows from an event while this Ewon is linked. Total and pure. */
export function ordersTransition(orders: Orders, event: OrdersEvent, link: Link, device: LocalSwitches): Step {
  switch (event.on) {
    case 'PolicyReceived': {
      if (event.deviceId !== link.deviceId) return [orders, []];
      const [policy, effects] = policyReceived(orders.policy, event, link);
      return [{ ...orders, policy }, effects];
    }
    case 'CommandReceived':
      return event.deviceId === link.deviceId ? commandReceived(orders, event, link) : [orders, []];
    case 'CommandTurn': {
      const { board, ...turn } = event;
      const remote = decide('remoteManagement', { policy: orders.policy.policy, device, board });
      return atBook(orders, { ...turn, remote, accountId: link.account.id });
    }
    default:
      return atBook(orders, event);
  }
}

function commandReceived(orders: Orders, event: CommandReceived, link: Link): Step {
  const { atMs } = event;
  const judged = judgeCommand(event, { ...orders, link });
  if (!judged.ok) {
    // the account is told by an event only: who sends what it has not signed learns nothing of its commands
    const { code, detail } = judged.fault;
    const refused = noted(orders.policy.refused, code, atMs);
    if (!refused) return [orders, []];
    return [{ ...orders, policy: { ...orders.policy, refused } }, [{ do: 'report', code, detail }]];
  }
  const [policy, told] = withKeys(orders.policy, judged.value.keys, link);
  const [next, effects] = atBook({ ...orders, policy }, { on: 'CommandLetIn', letIn: judged.value, atMs });
  return [next, [...told, ...effects]];
}

function atBook(orders: Orders, event: CommandEvent): Step {
  const [book, effects] = commandsTransition(orders.book, event);
  return [book === orders.book ? orders : { ...orders, book }, effects];
}

/** The policy that counts, for who explains it. */
export function policyIn({ policy }: Orders): PolicyDocument | undefined {
  return policy.policy;
}
