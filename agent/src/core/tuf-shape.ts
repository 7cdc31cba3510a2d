/**
 * Members that one object of a metadata file may have: so many patches, keys or roles. tuf-js 6.0.2 copies an object once for each of
 * its members, before it looks at a signature: with 5,000 of them, in 130 kB that anybody may have written, a board stands still for ten seconds.
 */
export const TUF_MEMBERS_MAX = 1000;

/** Tells whether a value, as JSON gives it, has no object with more members than {@link TUF_MEMBERS_MAX}. */
export function isSmallEnough(value: unknown): boolean {
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const members: unknown[] = Object.values(next);
    if (!Array.isArray(next) && members.length > TUF_MEMBERS_MAX) return false;
    for (const member of members) waiting.push(member); // not spread: there may be more than a call takes
  }
  return true;
}
