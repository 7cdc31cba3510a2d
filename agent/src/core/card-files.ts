// The other files of easy commissioning (ewon-facts §1.2): they are for the Ewon's own firmware. Each gets an outcome, in
// the strict order of the list, never silence.

import { CODES, type Fault, type SlotId, slotKindOf } from '@ewon-agent/contracts';

/** A file that was handed to the firmware; `fault` where it was not taken. */
export type LoadedFile = { readonly name: string; readonly fault?: Fault };

/**
 * Says what became of each file.
 * @param names in their strict order
 * @param loaded what the firmware took; undefined where there is no way to hand anything over
 */
export function fileOutcomes(
  slot: SlotId,
  names: readonly string[],
  loaded: readonly LoadedFile[] | undefined,
): readonly Fault[] {
  return names.map((name) => {
    const taken = loaded?.find((file) => file.name === name);
    if (!taken) return { code: 'CARD_FILE_NOT_TAKEN', detail: name };
    if (!taken.fault) return { code: `${slotKindOf(slot)}_FILE_LOADED`, detail: name };
    return { code: taken.fault.code, detail: [name, taken.fault.detail].filter(Boolean).join(': ') };
  });
}

/** Judges a card that holds such files and no T2M.txt: by the first that was not taken. */
export function verdictOf(outcomes: readonly Fault[]): Fault | undefined {
  if (outcomes.length === 0) return undefined;
  const refused = outcomes.find(({ code }) => CODES[code].severity !== 'info');
  return refused ?? { code: 'CARD_FILES_LOADED', detail: outcomes.map(({ detail }) => detail).join(', ') };
}
