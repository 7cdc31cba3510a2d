import type { PolicySettings } from '@ewon-agent/contracts';
import { harmless } from './harmless.ts';
import type { PasswordPolicy } from './password-policy.ts';
import type { Grant } from './permissions.ts';
import type { TwoFactorPolicy } from './two-factor.ts';
import type { ContactRecord, UserRecord } from './users.ts';

// What became of users, groups, policies, tokens and what is told of the account, in words: `permissions "log.read" → none`. Nothing that
// a person proves himself with comes in here.

type Value = string | number | boolean | null | readonly string[] | typeof ALL;
/** What is said of something, by the words it is said with. */
type Told = Readonly<Record<string, Value>>;

/** All pools, told from one that is called so by not being in quotes. */
const ALL = { all: true } as const;
/** One value, or one list: more than that nobody reads in a line. */
const VALUE_MAX_CHARACTERS = 300;
/** A line, whatever was changed: fifteen values of two sides would be 9,000. */
const LINE_MAX_CHARACTERS = 2000;

/** A sentence with what was changed, or what it was: `User [ann] was changed: e-mail "" → "a@b.c".` At most 2,000 characters. */
export function withChanges(sentence: string, changes: readonly string[]): string {
  if (changes.length === 0) return sentence;
  const whole = `${sentence.replace(/\.$/, '')}: ${changes.join('; ')}.`;
  return clipped(whole, LINE_MAX_CHARACTERS);
}

/** What is different, in the order of `before`. Of long lists only what came and went. */
export function differencesOf<T extends Told>(before: T, after: T): readonly string[] {
  return Object.entries(before).flatMap(([what, was]) => {
    const is = after[what] ?? null;
    const [from, to] = [inWords(was), inWords(is)];
    if (from === to) return [];
    const isLong = from.length > VALUE_MAX_CHARACTERS || to.length > VALUE_MAX_CHARACTERS;
    if (isLong && isList(was) && isList(is)) return [`${what} ${cameAndWent(was, is)}`];
    return [`${what} ${clipped(from, VALUE_MAX_CHARACTERS)} → ${clipped(to, VALUE_MAX_CHARACTERS)}`];
  });
}

/** What something new is, or what is gone was; what is empty is left out. */
export function valuesOf(told: Told): readonly string[] {
  return Object.entries(told)
    .filter(([, value]) => value !== null && value !== '' && !(isList(value) && value.length === 0))
    .map(([what, value]) => `${what} ${clipped(inWords(value), VALUE_MAX_CHARACTERS)}`);
}

/** @param groups by name */
export function userTold(
  { fullName, email, customFields }: Pick<UserRecord, 'fullName' | 'email' | 'customFields'>,
  groups: readonly string[],
) {
  return { groups, 'full name': fullName, 'e-mail': email, ...customTold('custom field', customFields) };
}

/** In an order of its own: the same in another order is no change. */
export function grantTold({ permissions, pools }: Grant) {
  return { permissions: permissions.toSorted(), pools: pools === 'all' ? ALL : pools.toSorted() };
}

export function passwordPolicyTold(policy: PasswordPolicy) {
  return {
    ...{ 'shortest length': policy.lengthMin, letter: policy.letter, digit: policy.digit },
    ...{ 'special character': policy.special, 'digit or special character': policy.digitOrSpecial },
    ...{ 'expires after days': policy.expiryDays, 'successive different passwords': policy.differentPasswords },
  };
}

export function twoFactorPolicyTold(policy: TwoFactorPolicy) {
  return {
    ...{ 'two-factor': policy.enabled, 'new users must set it up': policy.forNewUsers },
    ...{ 'PCs are remembered': policy.rememberPcs, 'for days': policy.rememberDays },
  };
}

/** What is told of an account as a whole, with its name. */
export function aboutTold(about: {
  readonly name: string;
  readonly company: string;
  readonly address: string;
  readonly reference: string;
  readonly ewonFields: readonly [string, string, string];
  readonly userFields: readonly [string, string, string];
}) {
  const { name, company, address, reference, ewonFields, userFields } = about;
  return {
    ...{ name, company, address, reference },
    ...{ ...customTold('custom field of Ewons', ewonFields), ...customTold('custom field of users', userFields) },
  };
}

export function contactTold({ name, email, phone }: Pick<ContactRecord, 'name' | 'email' | 'phone'>) {
  return { name, 'e-mail': email, telephone: phone };
}

/** What the account allows its Ewons. Patches that it denies have lines of their own. */
export function policyTold({ geolocation, remoteManagement, window, held = [], confirm = false }: PolicySettings) {
  const when = window ? `${window.days.join(',')} ${window.from}-${window.to} ${window.zone}` : null;
  return {
    ...{ geolocation, 'remote management': remoteManagement, window: when },
    ...{ 'patches held': held, 'patches confirmed by hand': confirm },
  };
}

export function autoRegistrationTold({ enabled, pool }: { readonly enabled: boolean; readonly pool: string }) {
  return { 'auto-registration': enabled, pool };
}

function customTold(what: string, [one, two, three]: readonly [string, string, string]): Told {
  return { [`${what} 1`]: one, [`${what} 2`]: two, [`${what} 3`]: three };
}

/** In quotes as JSON has them, so that no value can look like the end of itself. */
function inWords(value: Value): string {
  if (isList(value)) return value.length === 0 ? 'none' : value.map(inWords).join(', ');
  if (typeof value === 'string') return harmless(JSON.stringify(value));
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === ALL) return 'all';
  return value === null ? 'none' : String(value);
}

function cameAndWent(was: readonly string[], is: readonly string[]): string {
  const without = (list: readonly string[], others: readonly string[]) => list.filter((one) => !others.includes(one));
  const sides = [
    ['with', without(is, was)],
    ['without', without(was, is)],
  ] as const;
  return sides
    .flatMap(([word, list]) => (list.length === 0 ? [] : [`${word} ${clipped(inWords(list), VALUE_MAX_CHARACTERS)}`]))
    .join(', ');
}

/** By whole characters: half of one would be another. */
function clipped(text: string, max: number): string {
  const letters = [...text];
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join('')}…`;
}

function isList(value: Value): value is readonly string[] {
  return Array.isArray(value);
}
