/** Tells whether a time in RFC 3339, in UTC, is one that there is: the 30th of February is none, and `Date` makes the 2nd of March of it. */
export function isTime(text: string): boolean {
  const atMs = Date.parse(text);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().slice(0, 19) === text.slice(0, 19);
}
