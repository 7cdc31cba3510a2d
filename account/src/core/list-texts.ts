import { withChanges } from './log-changes.ts';
import type { EwonProperties } from './records.ts';

// What lists and the people who work with them write into the account's log; see also LOG_TEXTS.

export const LIST_TEXTS = {
  edited: (name: string, changes: readonly string[]) => `Ewon [${name}] was changed: ${changes.join('; ')}.`,
  imported: (changed: number, lines: number) => `A list of ${lines} Ewons was imported, ${changed} were changed.`,
  exported: (ewons: number) => `A list of ${ewons} Ewons was exported.`,
  gavePlace: (name: string, serial: string, newSerial: string) =>
    `Ewon ${serial} gave its place as [${name}] to Ewon ${newSerial}.`,
  placeBack: (name: string, serial: string) => `Ewon ${serial} was given back its place as [${name}].`,
  placeLost: (name: string, serial: string, now: string) =>
    `Ewon ${serial} lost the place of [${name}] again and is called [${now}].`,
  grkMade: (grkId: string, pool: string) => `Registration key ${grkId} was made for pool [${pool}].`,
  grkChanged: (grkId: string, changes: readonly string[]) =>
    `Registration key ${grkId} was changed: ${changes.join('; ')}.`,
  grkRevoked: (grkId: string, voided: number) =>
    `Registration key ${grkId} was revoked; ${voided} requests became void.`,
  logKept: (changes: readonly string[]) => withChanges('How long lines of the log are kept was changed.', changes),
  logExported: (format: 'csv' | 'text', filters: readonly string[]) =>
    withChanges(`${filters.length > 0 ? 'A part of the log' : 'The log'} was exported as ${format}.`, filters),
} as const;

/** What became of properties, in words: `pool "A" → "B"`. */
export function changesOf(before: EwonProperties, after: EwonProperties): readonly string[] {
  const flat = ({ name, pool, description, customFields }: EwonProperties) => ({
    ...{ name, pool, description },
    ...{ 'custom field 1': customFields[0], 'custom field 2': customFields[1], 'custom field 3': customFields[2] },
  });
  const now = flat(after);
  return Object.entries(flat(before)).flatMap(([what, was]) => {
    const is = now[what as keyof typeof now];
    return was === is ? [] : [`${what} "${was}" → "${is}"`];
  });
}
