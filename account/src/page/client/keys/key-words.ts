import type { Grk } from '../api-types.ts';
import { KEYS as T } from '../texts-keys.ts';
import { ago, stillHolds } from '../words.ts';

// How a key is said to a person, and what he says of one. Pure: the time of day comes in.

/** Tells whether a card with this key opens the door now. */
export function isUsable(grk: Pick<Grk, 'state' | 'expiresAt'>, nowMs: number): boolean {
  return grk.state === 'active' && (grk.expiresAt === null || Date.parse(grk.expiresAt) > nowMs);
}

/** Tells whether no other Ewon can ask with it, beside those that wait. */
export function isUsedUp({ uses, pending, usesMax }: Pick<Grk, 'uses' | 'pending' | 'usesMax'>): boolean {
  return usesMax !== null && uses + pending >= usesMax;
}

/** When it ends: `in 12 days`, `ended 3 days ago`, `never`. */
export function endOf(expiresAt: string | null, nowMs: number): string {
  if (expiresAt === null) return T.never;
  return Date.parse(expiresAt) > nowMs ? T.endsIn(stillHolds(expiresAt, nowMs)) : T.ended(ago(expiresAt, nowMs));
}

/** The day on which a time is, on the clock of whoever looks, as a field of a form has it; empty for none. */
export function dayOf(at: string | null): string {
  if (at === null) return '';
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last second of a day of a form, on the clock of whoever chose it; null for none. */
export function endOfDay(day: string): string | null {
  return day === '' ? null : new Date(`${day}T23:59:59`).toISOString();
}

/** The first character of a note that no card can hold: it is not printable ASCII (docs/decisions/0002-wire-v1.md §2). */
export function unfitCharacter(note: string): string | undefined {
  return [...note].find((character) => !/^[\x20-\x7e]$/.test(character));
}
