/** Everything that has no picture of its own: controls, direction marks, zero-width and private characters, lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\u2028\u2029]/gu;

/** Makes untrusted text harmless for whoever reads it: letters of any language stay, what cannot be seen becomes `\u{202e}`. */
export function harmless(text: string): string {
  return text.replace(INVISIBLE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
