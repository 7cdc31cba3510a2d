import { CODES } from '@ewon-agent/contracts/codes';

// What each code says and what to do about it: in English as everywhere, where the table of all codes is. Another language has a table of its own here.
// It comes with the first problem, because a page without one needs none of it.

/** What a problem says, and the next step. */
export type ProblemText = { readonly title: string; readonly next: string };

const ENGLISH = new Map<string, { readonly text: string; readonly next: string }>(Object.entries(CODES));

/** The words for a code. @param otherwise those of who said it, who may be newer than this page */
export function problemText(code: string, otherwise: ProblemText): ProblemText {
  const known = ENGLISH.get(code);
  return known ? { title: known.text, next: known.next } : otherwise;
}
