// What the login says.

import { HOUR_MS, MINUTE_MS, type Millis, SECOND_MS } from '@ewon-agent/contracts';

export const PROMPT_LABELS = {
  naming: 'login: ',
  password: 'Password: ',
  first: 'Name of the first administrator: ',
  new: 'New password: ',
  again: 'Again: ',
} as const;

export const WORDS = {
  /** The same for a name that nobody has. */
  wrong: '% Login incorrect',
  locked: '% Too many failed logins here, or of this user',
  name: '% A name is 1 to 32 of a-z 0-9 . _ -',
  password: '% A password is 10 to 128 characters of plain ASCII',
  differ: '% These were not the same',
  created: 'Done. Log in with it now.',
  removed: '% Logged out: you are no user of this console any more',
  renewed: '% Logged out: your password was changed',
} as const;

export const ABSENT = [
  'This console has no users yet. Its first administrator is set up by somebody',
  'at the device: put a card or stick into a slot now (again, if one is in), or',
  'press the button where one is configured. It goes on here by itself.',
];

export const FOUNDING = [
  'Somebody is at the device. Set up the first administrator of this console now.',
  'The password: 10 characters at least; several words are good.',
];

/** Lines of the configuration, above the question. */
export function bannerRows(banner: string): readonly string[] {
  return banner === '' ? [] : banner.split('\n');
}

/** Rounded up to what people say. */
export function durationText(ms: Millis): string {
  if (ms > HOUR_MS) return `${Math.ceil(ms / HOUR_MS)} h`;
  return ms > MINUTE_MS ? `${Math.ceil(ms / MINUTE_MS)} min` : `${Math.ceil(ms / SECOND_MS)} s`;
}
