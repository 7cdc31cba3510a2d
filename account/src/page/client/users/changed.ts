/** The members of a form that are others than when it was opened: what somebody else changed meanwhile stays as he left it. */
export function changedMembers<T extends Readonly<Record<string, string | readonly string[]>>>(
  before: T,
  now: T,
): Partial<T> {
  const changed: Partial<T> = { ...now };
  for (const name in now) if (JSON.stringify(now[name]) === JSON.stringify(before[name])) delete changed[name];
  return changed;
}
