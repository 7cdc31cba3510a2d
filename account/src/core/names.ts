import { harmless } from './harmless.ts';

// What may be called how: Ewons, pools, groups, tokens, users, contacts, custom fields and the account itself. Only new names are
// looked at; what was named before these rules is shown and found as it is.

/** Characters of a name. The name of an Ewon goes to its device, whose contract has the same. */
export const NAME_MAX = 100;
/** Characters of the name of a custom field, which heads a column. */
export const FIELD_NAME_MAX = 40;

/** Says what a name may be. */
export const nameForm = (max: number = NAME_MAX) =>
  `1 to ${max} characters that can be seen, no blanks around them, not only dots`;

/**
 * A name as it is kept: in NFC, so that what looks the same is the same.
 * @returns undefined when it may be no name: something in it could not be seen, or nothing
 */
export function nameOf(given: string, max: number = NAME_MAX): string | undefined {
  const name = given.normalize('NFC');
  const isSeen = SEEN.test(name) && harmless(name) === name && name.trim() === name;
  // "." and ".." cannot be named in a URL, where they are steps
  return isSeen && [...name].length <= max && !/^\.+$/.test(name) ? name : undefined;
}

/** A name that may be left out. */
export function nameOrNone(given: string, max: number = NAME_MAX): string | undefined {
  return given === '' ? given : nameOf(given, max);
}

/** Marks need a letter to stand on; the empty pattern of Braille is a blank. */
const SEEN = /[^\p{Z}\p{M}\u2800]/u;

/** Characters of a login. */
const LOGIN_MAX = 60;
export const LOGIN_FORM = `1 to ${LOGIN_MAX} letters and digits of any language and . _ @ + -, no blanks`;

/** A login as it is kept. It is typed into forms and named in URLs and logs. */
export function loginOf(given: string): string | undefined {
  const login = nameOf(given, LOGIN_MAX);
  return login !== undefined && /^[\p{L}\p{N}._@+-][\p{L}\p{M}\p{N}._@+-]*$/u.test(login) ? login : undefined;
}
