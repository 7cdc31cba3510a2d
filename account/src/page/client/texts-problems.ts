import { CODES } from '@ewon-agent/contracts/codes';

// What each code says and what to do about it: in English as everywhere, where the table of all codes is. Another language has a table of its own here.
// It comes with the first problem, because a page without one needs none of it.

/** What a problem says, and the next step. */
export type ProblemText = { readonly title: string; readonly next: string };

const ENGLISH = new Map<string, { readonly text: string; readonly next: string }>(Object.entries(CODES));

/** What the fields are called of which FIELD_UNFIT tells. */
const FIELDS = new Map(
  Object.entries({
    ...{ login: 'Login', fullName: 'Name', name: 'Name', email: 'E-mail', phone: 'Telephone', network: 'Network' },
    ...{
      company: 'Company',
      address: 'Address',
      reference: 'Reference',
      template: 'Names by this template',
      pool: 'Pool',
    },
    ...{ description: 'Description', customFields: 'Custom fields', note: 'Note', usesMax: 'Uses', expiresAt: 'End' },
    ...{ ewonFields: 'Custom fields of Ewons', userFields: 'Custom fields of users', lines: 'Lines', days: 'Days' },
    ...{ lengthMin: 'Shortest length', expiryDays: 'Expires after days', rememberDays: 'Remembered for days' },
    ...{ differentPasswords: 'Successive different passwords', auditDays: 'Days of users and decisions' },
  }),
);

/** What is wrong with which field, by the names that the page has for them. */
export function fieldsText(detail: string): string {
  return detail.replace(/(^|; )(\w+)(?=[ :])/g, (_, before, name) => `${before}${FIELDS.get(name) ?? name}`);
}

/** The words for a code. @param otherwise those of who said it, who may be newer than this page */
export function problemText(code: string, otherwise: ProblemText): ProblemText {
  const known = ENGLISH.get(code);
  return known ? { title: known.text, next: known.next } : otherwise;
}
