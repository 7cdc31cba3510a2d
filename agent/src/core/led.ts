import type { Code, LedPattern } from '@ewon-agent/contracts';
import { executingIn } from './commands.ts';
import type { SlotState } from './model.ts';
import type { Orders } from './orders.ts';
import { needsPerson, type Registration } from './registration.ts';

// What the USR LED shows follows from the state alone (ewon-facts §1.3). Solid green means what it means on the
// genuine device: the card was taken and may be pulled; the rest happens without it.

/** Chooses the pattern for a state: work under way before failure, failure before success, nothing in the slots last. */
export function ledOf(state: {
  readonly slots: Readonly<Record<string, SlotState>>;
  readonly registration: Registration;
  readonly orders: Orders;
}): LedPattern {
  const shown = Object.values(state.slots).map((slot) => ledOfSlot(slot, state.registration));
  // nothing of this Ewon goes on before a person has seen to it
  if (state.registration.at === 'registered' && state.registration.trouble) shown.push('cardFailed');
  if (executingIn(state.orders.book)?.name === 'identify') shown.push('identify');
  // a card that is done stays in for months: who looks for this Ewon must see it all the same
  const order: readonly LedPattern[] = ['cardSeen', 'cardWorking', 'identify', 'cardFailed', 'cardOk'];
  return order.find((pattern) => shown.includes(pattern)) ?? 'running';
}

/** What a person is told about the card in a slot: its own fault, or how far its request has come. */
export function outcomeOf(
  slot: SlotState,
  registration: Registration,
): { readonly code: Code; readonly detail: string } | undefined {
  if (slot.at !== 'settled') return undefined;
  const isAsking = slot.code === 'CARD_USABLE' || slot.code === 'CARD_ALREADY_PENDING';
  if (!isAsking) return { code: slot.code, detail: slot.detail };
  switch (registration.at) {
    case 'joining': // the card was asked with, and gave way to a person
      return { code: 'CARD_SUPERSEDED', detail: 'by the wizard' };
    case 'requesting':
      return registration.trouble ?? { code: 'REGISTRATION_SENT', detail: slot.detail };
    case 'pending':
      return { code: registration.code, detail: `account ${registration.account.name}` };
    case 'registered':
    case 'forgetting':
      return { code: 'REGISTERED', detail: `account ${registration.link.account.name}` };
    case 'unregistered':
      return registration.last ?? { code: slot.code, detail: slot.detail };
  }
}

/** A card left in a linked Ewon, or in a slot that is off, is no failure. */
const LEFT_ALONE: readonly Code[] = ['CARD_IGNORED_LINKED', 'CARD_SLOT_OFF', 'CARD_SUPERSEDED'];

function ledOfSlot(slot: SlotState, registration: Registration): LedPattern {
  if (slot.at === 'empty') return 'running';
  if (slot.at === 'reading') return slot.loading ? 'cardWorking' : 'cardSeen';
  if (slot.marks?.writing) return 'cardWorking'; // who pulls it now breaks what is being written
  if (LEFT_ALONE.includes(slot.code)) return 'running';
  if (slot.code === 'CARD_FILES_LOADED') return 'cardOk';
  if (slot.code === 'CARD_SPENT' && registration.at === 'pending') return 'cardOk'; // it was this Ewon that used it
  if (slot.code !== 'CARD_USABLE' && slot.code !== 'CARD_ALREADY_PENDING') return 'cardFailed';
  if (registration.at === 'unregistered') return 'cardFailed';
  if (registration.at !== 'requesting') return 'cardOk';
  if (needsPerson(registration.trouble)) return 'cardFailed';
  return registration.trouble ? 'cardOk' : 'cardWorking';
}
