import type { EwonRecord } from './records.ts';

// What lists of Ewons are searched and sorted by. It is kept beside each Ewon, made here and not by the database:
// SQLite knows the letters of ASCII only, and neither database knows that 9 comes before 10.

/** Longest run of digits that is sorted by its value; a longer one is no number that people count with. */
const DIGITS_MAX = 12;

/** All a search looks into, in lower case: one text, so that looking through ten thousand Ewons is one comparison each. */
export function searchTextOf(
  ewon: Pick<EwonRecord, 'name' | 'serial' | 'description' | 'customFields' | 'note'>,
): string {
  return [ewon.name, ewon.serial, ewon.description, ...ewon.customFields, ewon.note].join('\n').toLowerCase();
}

/** A text as it is looked for: whatever the case of letters, of any script. */
export function wordsOf(text: string): string {
  return text.toLowerCase();
}

/** The words of a search; every one of them must be found. At most eight: nobody types more. */
export function searchWordsOf(search: string): readonly string[] {
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 8);
}

/** A text whose order is that of names, and of versions, as people count them: "Pump 9" before "pump 10", 14.9s3 before 14.10s0. */
export function nameOrderOf(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(DIGITS_MAX, '0'));
}
