// What is left on a card that asked for it, and when (docs/decisions/0010-receipt-and-wipe.md): a receipt at each new outcome
// while the card is in, the key wiped once the account has the request.

import type { Code, Fault, SlotId } from '@ewon-agent/contracts';
import { outcomeOf } from './led.ts';
import type { CardMarks, CardWishes, SlotState, Slots } from './model.ts';
import type { Registration } from './registration.ts';

/** An order to write on the card of one insertion; the receipt first. */
export type MarkEffect = {
  readonly do: 'markCard';
  readonly slot: SlotId;
  readonly insertion: string;
  readonly grkId: CardWishes['grkId'];
  readonly receipt?: Code;
  readonly wipe?: true;
};

/** What came of an order. */
export type CardMarked = {
  readonly on: 'CardMarked';
  readonly slot: SlotId;
  readonly insertion: string;
  readonly receipt?: Code;
  readonly wipe?: true;
  readonly fault?: Fault;
};

type Settled = SlotState & { readonly at: 'settled' };

/** On the way; the next outcome is what a person wants to read later. */
const PASSING: readonly Code[] = ['CARD_USABLE', 'REGISTRATION_SENT'];

/** Orders what is due on the cards in the slots. One order for a card at a time. */
export function orderMarks(slots: Slots, registration: Registration): readonly [Slots, readonly MarkEffect[]] {
  const orders = Object.entries(slots).flatMap(([id, state]) => {
    const order = state.at === 'settled' ? orderFor(id as SlotId, state, registration) : undefined;
    return order ? [order] : [];
  });
  if (orders.length === 0) return [slots, []];
  const changed = Object.fromEntries(orders.map(({ slot, marked }) => [slot, marked]));
  return [{ ...slots, ...changed }, orders.map(({ effect }) => effect)];
}

function orderFor(slot: SlotId, state: Settled, registration: Registration) {
  const { marks, insertion } = state;
  const outcome = outcomeOf(state, registration);
  if (!marks || marks.writing || !outcome) return undefined;
  if (PASSING.includes(outcome.code) || outcome.code === marks.tried) return undefined;
  const { wishes } = marks;
  const what = {
    ...(wishes.receipt && { receipt: outcome.code }),
    ...(wishes.wipe && !marks.wiped && hasBeenUsed(wishes, state, registration) && { wipe: true as const }),
  };
  if (!what.receipt && !what.wipe) return undefined;
  const { fault: _, ...before } = marks;
  const ordered: CardMarks = { ...before, tried: outcome.code, writing: true };
  const effect: MarkEffect = { do: 'markCard', slot, insertion, grkId: wishes.grkId, ...what };
  return { slot, marked: { ...state, marks: ordered }, effect };
}

/** The account has the request of this very card: the agent keeps what it needs, the key has done its work. */
function hasBeenUsed({ grkId }: CardWishes, { code }: Settled, registration: Registration): boolean {
  if (code !== 'CARD_USABLE' && code !== 'CARD_ALREADY_PENDING') return false;
  if (registration.at === 'pending') return registration.request.grkId === grkId;
  return registration.at === 'registered';
}

/** Takes down what came of an order, and tells it. An answer about another insertion changes nothing. */
export function cardMarked(
  state: SlotState,
  event: CardMarked,
): readonly [SlotState, readonly { readonly do: 'report'; readonly code: Code; readonly detail: string }[]] {
  if (state.at !== 'settled' || state.insertion !== event.insertion || !state.marks) return [state, []];
  const { writing: _, ...marks } = state.marks;
  const { fault, slot } = event;
  const where = `slot ${slot}`;
  if (fault) {
    const detail = `${where}: ${event.wipe ? 'the key was not wiped' : 'RESULT.TXT'}${fault.detail ? `, ${fault.detail}` : ''}`;
    return [{ ...state, marks: { ...marks, fault } }, [told(fault.code, detail)]];
  }
  const written = event.receipt ? [told('CARD_RECEIPT_WRITTEN', `${where}: ${event.receipt}`)] : [];
  const wiped = event.wipe ? [told('CARD_WIPED', where)] : [];
  const done: CardMarks = {
    ...marks,
    ...(event.receipt && { receipt: event.receipt }),
    ...(event.wipe && { wiped: true }),
  };
  return [{ ...state, marks: done }, [...written, ...wiped]];
}

function told(code: Code, detail: string) {
  return { do: 'report', code, detail } as const;
}
