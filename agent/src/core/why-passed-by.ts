import { type Fault, type SlotId, slotKindOf } from '@ewon-agent/contracts';
import type { AgentContext } from './agent.ts';
import { type Registration, whyCardsAreIgnored } from './registration.ts';

/** Tells why what is in a slot is not even read; undefined where it is. */
export function whyPassedBy(
  registration: Registration,
  slot: SlotId,
  { slotsOff, takesFiles }: Pick<AgentContext, 'slotsOff' | 'takesFiles'>,
): Fault | undefined {
  if (slotsOff.has(slot)) return { code: 'CARD_SLOT_OFF', detail: `${slotKindOf(slot)}ConfigEnable is 0` };
  return takesFiles ? undefined : whyCardsAreIgnored(registration);
}
