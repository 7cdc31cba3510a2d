/** The texts about Ewons that wait for a person. They come with their section. */
export const DECIDE = {
  empty: 'No Ewon waits. Put a card with this account’s key into an unregistered Ewon.',
  emptyOff: 'No Ewon waits, and none can ask: auto-registration is switched off. Switch it on below.',
  counted: (count: number) =>
    count === 0 ? '' : count === 1 ? '1 Ewon waits for approval.' : `${count} Ewons wait for approval.`,
  search: 'Find among those who wait',
  searchHint: 'Serial, note, key, network, MAC…',
  noMatch: 'None of those who wait is like that. Search for another word.',
  found: (shown: number, all: number) => `${shown} of ${all} waiting`,
  more: (count: number) => `Show more (${count} not shown)`,
  select: (serial: string) => `Select ${serial}`,
  selectAll: (count: number) => `Select all ${count}`,
  selectMost: (count: number) => `Select the first ${count}`,
  selected: (count: number) => (count === 1 ? '1 selected' : `${count} selected`),
  many: 'Decide about many at once',
  approveMany: (count: number) => `Approve ${count}…`,
  rejectMany: (count: number) => `Reject ${count}…`,
  asked: 'asked',
  noNote: 'no note on the card',
  fingerprint: 'Key fingerprint',
  fingerprintHint: 'must be the same on the Ewon’s console',
  network: 'Network',
  address: (address: string) => `asked from ${address}`,
  key: 'Registration key',
  pool: 'Pool',
  cameBy: 'Came by',
  console: 'its console',
  macs: 'MAC addresses',
  model: 'Model',
  firmware: 'Firmware',
  agent: 'Agent',
  replaceKnown: (name: string) => `The Ewon “${name}” has this serial number. Replacing it is proposed.`,
  replaceUnknown: 'An Ewon with this serial number exists. Replacing it is proposed.',
  custom: (n: number) => `Custom field ${n}`,
  approve: 'Approve',
  replace: 'Replace an existing Ewon',
  reject: 'Reject',
  approved: (name: string) => `Approved: ${name}. It goes online by itself.`,
  replaced: (name: string) => `Replaced: the new Ewon is ${name} now. It goes online by itself.`,
  rejected: (count: number) => (count === 1 ? 'Rejected: one Ewon.' : `Rejected: ${count} Ewons.`),
} as const;

export const APPROVE = {
  title: (serial: string) => `Approve ${serial}`,
  compare: 'Compare the key fingerprint with the one on the Ewon’s console:',
  name: 'Name',
  free: 'This name is free.',
  checking: 'Looking whether the name is free…',
  badName: 'A name has 1 to 100 characters that can be seen, and no blank at its ends.',
  pool: 'Pool',
  description: 'Description',
  button: 'Approve this Ewon',
} as const;

export const APPROVE_MANY = {
  title: (count: number) => (count === 1 ? 'Approve 1 Ewon' : `Approve ${count} Ewons`),
  warning: 'Nobody compares fingerprints here. Do this only with Ewons of a key, a network and a time that you know.',
  template: 'Names',
  templateHint: '{serial}, {note}, {model} and {n} stand for what each Ewon has; {n} counts',
  pool: 'Pool',
  ownPool: 'That of the key each came with',
  description: 'Description of all',
  preview: 'What they will be called',
  serial: 'Serial',
  name: 'Name',
  andMore: (count: number) => `and ${count} more`,
  noTemplate: 'Write what they will be called, at least one of the parts above or another text.',
  unknownPart: (part: string) => `${part} stands for nothing. Take one of the parts above, or take it away.`,
  checking: 'Looking which names are free…',
  allFree: 'All of these names are free.',
  someBad: (count: number) =>
    count === 1 ? 'One of them cannot be approved like that.' : `${count} of them cannot be approved like that.`,
  button: (count: number) => (count === 1 ? 'Approve 1' : `Approve ${count}`),
  done: (done: number) => (done === 1 ? '1 Ewon was approved.' : `${done} Ewons were approved.`),
} as const;

export const REJECT_MANY = {
  title: (count: number) => (count === 1 ? 'Reject 1 Ewon?' : `Reject ${count} Ewons?`),
  button: (count: number) => (count === 1 ? 'Reject 1' : `Reject ${count}`),
  list: 'Who is rejected',
} as const;

export const BULK = {
  progress: (done: number, of: number) => `${done} of ${of} done`,
  stop: 'Stop after the one at hand',
  stopped: (done: number, of: number) =>
    `Stopped after ${done} of ${of}: the one at hand is brought to its end, the others still wait.`,
  ended: (done: number, failed: number) =>
    failed === 0 ? `${done} done, all of them.` : `${done} done, ${failed} not.`,
  failures: 'Not done, and why',
  andMore: (count: number) => `and ${count} more`,
  close: 'Close',
} as const;

export const REPLACE = {
  title: (serial: string) => `Replace an Ewon with ${serial}`,
  choose: 'Which Ewon does it take the place of?',
  reading: 'Looking for Ewons that it may be meant for…',
  none: 'No offline Ewon shows anything that speaks for it. Search for it by name, or approve this one as a new Ewon.',
  search: 'Find another Ewon that is offline',
  searchHint: 'name, serial, description or note',
  searched: (count: number, total: number) => `${count} of ${total} found`,
  noMatch: 'No offline Ewon is like that.',
  online: 'Ewons that are online are not listed: switch the old one off first.',
  reasons: {
    key: 'the same device: it shows the same key',
    serial: 'the same serial number',
    mac: 'the same MAC address',
    name: 'the note of the card is its name',
    note: 'its card had the same note',
    unlinked: 'it forgot this account',
    offline: 'it is offline',
  },
  seen: (when: string) => `offline, heard last ${when}`,
  neverSeen: 'it was never online',
  what: (name: string) => `What will happen to “${name}”:`,
  moves: 'These move to the new Ewon:',
  name: 'Name',
  pool: 'Pool',
  description: 'Description',
  revoked: 'The certificate of the old device is revoked. It cannot connect again with it.',
  undo: 'This can be undone for 7 days: under “Replaced in the last 7 days”, below those who wait.',
  button: (name: string) => `Replace “${name}”`,
  buttonNone: 'Replace',
} as const;

export const UNDO = {
  summary: (count: number) => `Replaced in the last 7 days (${count})`,
  name: 'Name',
  by: 'Has its place',
  replaced: 'Had it',
  when: 'Replaced',
  until: 'Can be undone',
  still: (time: string) => `for ${time} more`,
  undo: 'Undo…',
  title: (name: string) => `Undo the replacement of “${name}”?`,
  text: (serial: string, by: string) =>
    `${serial} has its name and properties again. If it was linked it is given a new certificate when it asks; if it has forgotten the account meanwhile, put a card in. ${by}, which has the place now, stays linked, under its serial number.`,
  button: 'Give the place back',
  done: (name: string) => `Undone: ${name} has its place again.`,
} as const;

export const REJECT = {
  title: (serial: string) => `Reject ${serial}`,
  text: 'A rejected Ewon does not ask again until somebody puts the card in again.',
  which: 'What to reject',
  one: 'Only this Ewon',
  byKey: (count: number, grkId: string) => `All ${count} waiting Ewons that came with the key ${grkId}`,
  byNetwork: (count: number, network: string) => `All ${count} waiting Ewons from the network ${network}`,
  button: 'Reject',
} as const;
