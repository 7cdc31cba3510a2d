import type { Three, ThreeChange } from '../../core/three.ts';

type Value = string | number | boolean | null | readonly string[];

/**
 * The members of a form that are others than when it was filled: what somebody else changed meanwhile stays as he left it. Blanks around a
 * text are none.
 */
export function changedMembers<T extends Readonly<Record<string, Value>>>(before: T, now: T): Partial<T> {
  const changed: Partial<T> = { ...now };
  for (const name in now) if (!differs(now[name], before[name])) delete changed[name];
  return changed;
}

/** The same of three texts: by their number those that are others; undefined when none is. */
export function changedThree(before: Three, now: Three): ThreeChange | undefined {
  const changed = {
    ...(differs(now[0], before[0]) && { 1: now[0] }),
    ...(differs(now[1], before[1]) && { 2: now[1] }),
    ...(differs(now[2], before[2]) && { 3: now[2] }),
  };
  return Object.keys(changed).length === 0 ? undefined : changed;
}

function differs(now: Value | undefined, before: Value | undefined): boolean {
  if (typeof now === 'string' && typeof before === 'string') return now.trim() !== before.trim();
  return JSON.stringify(now) !== JSON.stringify(before);
}
