import type { SlotChange, SlotId } from '@ewon-agent/contracts';

/** What is in the slots, by insertion; an empty slot is absent. */
export type Stays = ReadonlyMap<SlotId, string>;

/** Says what happened between two looks at the slots, in the order in which it is reported. */
export function changesBetween(before: Stays, now: Stays): readonly SlotChange[] {
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((slot) => {
    const [left, came] = [before.get(slot), now.get(slot)];
    if (left === came) return [];
    return [
      ...(left === undefined ? [] : [{ on: 'CardRemoved', slot } as const]),
      ...(came === undefined ? [] : [{ on: 'CardInserted', slot, insertion: came } as const]),
    ];
  });
}
