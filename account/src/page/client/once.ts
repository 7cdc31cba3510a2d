/** Reads the one-time token out of a link, of an address bar's fragment, or as it stands; undefined when there is none. */
export function onceOf(text: string): string | undefined {
  const token = /(?:^|#)once=([A-Za-z0-9_-]+)\s*$/.exec(text)?.[1];
  if (token !== undefined) return token;
  return /^[A-Za-z0-9_-]{16,}$/.test(text) ? text : undefined; // pasted without its link
}
