/** Everything that has no picture of its own: controls, direction marks, zero-width, ignorable and private characters, lone surrogates. */
const UNSEEN = '[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Cn}\\p{DI}\\u2028\\u2029]';

/**
 * Where such a character belongs to what is seen: emoji that are joined or in colour, keycaps, a word of the Arabic script that is
 * divided, and what a virama of India or Ceylon does to its neighbours (Unicode 16, 9.2 and 12.1; UTS #51, 1.4).
 */
const EMOJI = '\\p{ExtPict}[\\ufe0f\\p{EMod}]?';
const ARABIC = '(?=\\p{L})[\\p{sc=Arab}\\p{sc=Syrc}]\\p{M}*';
const VIRAMA = '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca]';
const SEEN = [
  `${EMOJI}(?:\\u200d${EMOJI})*`,
  '[0-9#*]\\ufe0f\\u20e3',
  `${ARABIC}(?:\\u200c${ARABIC})+`,
  `${VIRAMA}[\\u200c\\u200d]`,
  `\\p{L}\\u200d(?=${VIRAMA})`,
].join('|');
const EITHER = new RegExp(`(${SEEN})|${UNSEEN}`, 'gu');

/** Makes untrusted text harmless for whoever reads it: letters of any language stay, what cannot be seen becomes `\u{202e}`. */
export function harmless(text: string): string {
  return text.replace(EITHER, (c, seen) => seen ?? `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
