/** The texts about the door for new Ewons: its switch, keys, cards and pools. They come with their section. */
export const AUTO = {
  text: 'An Ewon with a card that holds a key of this account asks to join. Nobody joins without an approval here.',
  on: 'Auto-registration is on',
  off: 'Auto-registration is off',
  switchOn: 'Switch on',
  switchOff: 'Switch off',
  pool: 'Pool for new Ewons',
  poolHint: 'keys with a pool of their own keep it',
  poolSaved: (pool: string) => `New Ewons go to ${pool}.`,
  switchedOn: 'Auto-registration is on.',
  switchedOff: 'Auto-registration is off.',
} as const;

export const KEYS = {
  title: 'Registration keys',
  hint: 'A key itself is a secret and stands on cards only. Whoever has it can ask to join.',
  none: 'There is no valid key, so no card works. Add one.',
  noneHere: 'There is no valid key of your pools, so you can make no card. Ask an administrator for one.',
  id: 'Key id',
  pool: 'Pool',
  uses: 'Uses',
  cards: 'Cards made',
  ends: 'Ends',
  note: 'Note',
  made: 'Made',
  imported: 'Imported',
  importedKey: (id: string) => `${id} (imported)`,
  usesOf: (uses: number, waiting: number, max: number | null) =>
    `${uses} approved${waiting > 0 ? ` + ${waiting} waiting` : ''}${max === null ? '' : ` of ${max}`}`,
  usedUp: 'used up',
  never: 'never',
  endsIn: (time: string) => `in ${time}`,
  ended: (when: string) => `ended ${when}`,
  change: 'Change…',
  renew: 'Renew…',
  revoke: 'Revoke…',
  add: 'Add a key…',
  addTitle: 'Add a registration key',
  addText: 'One for each site, or for each builder. Its Ewons go to its pool.',
  addButton: 'Add this key',
  added: (id: string) => `Added: key ${id}.`,
  changeTitle: (id: string) => `Change key ${id}`,
  changeText: 'Cards that are out stay good as far as the key is now.',
  save: 'Save',
  saved: (id: string) => `Saved: key ${id}.`,
  usesMax: 'Ewons that may be approved with it',
  usesMaxHint: 'empty is no limit',
  endsAt: 'Last day on which it is valid',
  endsAtHint: 'empty is no end',
  noteHint: 'plain English letters, digits and signs, at most 140',
  revokedKeys: (count: number) => (count === 1 ? '1 revoked key' : `${count} revoked keys`),
  revokedAt: (when: string) => `revoked ${when}`,
} as const;

/** A note as a card can hold it, checked as one types. */
export const NOTE = {
  left: (used: number) => `${used} of 140`,
  bad: (character: string) =>
    `“${character}” cannot stand on a card: plain English letters, digits and signs only, at most 140.`,
} as const;

export const CARD = {
  title: 'Make a card',
  text: 'Write the image to an SD card or USB drive, or put the files on a FAT32 one yourself.',
  key: 'Registration key',
  keyOf: (id: string, pool: string, note: string) => [id, pool, note].filter((part) => part !== '').join(' · '),
  note: 'Note',
  noteHint: 'at most 140 plain characters; shown here when the Ewon asks',
  receipt: 'The Ewon writes the outcome onto the card, as RESULT.TXT (needs T2M.json)',
  wipe: 'The Ewon wipes the key from the card once it is linked (needs T2M.json)',
  image: 'Download card image',
  txt: 'Download T2M.txt',
  pair: 'T2M.txt and T2M.json…',
  downloaded: (file: string) => `Downloaded ${file}.`,
  ready: 'Save both into the root of the card; they belong together:',
  saveFile: (file: string) => `Save ${file}`,
  drive: 'Straight to a drive',
  driveText:
    'On the machine of the drive, with an API token that may “keys.export” alone in the file token.txt. Replace /dev/sdX by the drive; “sdcard list” names them. If only a CA of your own vouches for this page, add --ca with its file.',
  driveAway:
    'This page came without TLS, so the line is for the machine of the account server; from another one, open the page by https:// first.',
  command: 'Command',
  copy: 'Copy the command',
  copied: 'The command is in the clipboard.',
} as const;

export const IMPORT = {
  title: 'Use a key of another account',
  text: 'A card written by Ecatcher works here when its key is imported.',
  key: 'Key (A01-…)',
  note: 'Note',
  badKey: 'A key is A01- and 32 digits and capital letters.',
  button: 'Import',
  done: (id: string) => `The key ${id} is valid here now.`,
} as const;

export const POOLS = {
  title: 'Pools',
  name: 'New pool',
  add: 'Add pool',
  added: (pool: string) => `Added: pool ${pool}.`,
  remove: 'Remove',
  removeTitle: (pool: string) => `Remove the pool ${pool}?`,
  removeText:
    'It goes only when nothing is in it: no Ewon, no valid key, nobody who waits, and not the pool for new Ewons. Groups and API tokens that name it lose it.',
  removeButton: 'Remove this pool',
  removed: (pool: string) => `Removed: pool ${pool}.`,
} as const;

/** What a step that ends a key, or the door, costs. */
export const VOIDING = {
  turnedAway: (count: number) =>
    count === 1 ? '1 Ewon waits with it and is turned away.' : `${count} Ewons wait with it and are turned away.`,
  cards: (count: number) =>
    count === 1
      ? '1 card was made with it: if it was not used yet, it becomes worthless.'
      : `${count} cards were made with it: those that were not used yet become worthless.`,
  noCards: 'No card was made with it here.',
  stay: (count: number) =>
    count === 0
      ? 'No Ewon has come with it.'
      : count === 1
        ? '1 Ewon came with it; it stays linked.'
        : `${count} Ewons came with it; they stay linked.`,
} as const;

export const RENEW = {
  title: 'Renew the registration key?',
  text: 'The old key is revoked at once. Every card that holds it stops working and must be written again. Ewons that are approved already stay as they are.',
  none: 'No Ewon waits with this key, so nobody is turned away.',
  voids: (count: number) =>
    count === 1
      ? 'This Ewon waits with the old key and is turned away:'
      : `These ${count} Ewons wait with the old key and are turned away:`,
  uses: (max: number | null) =>
    max === null ? 'The new key is for any number of Ewons.' : `The new key is for ${max} Ewons, counted anew.`,
  ends: (at: string | null) => (at === null ? 'The new key has no end.' : `The new key ends ${at}.`),
  button: 'Renew the key',
  done: (id: string) => `The key ${id} was renewed. Cards that hold it no longer work.`,
} as const;

export const REVOKE = {
  title: (id: string) => `Revoke the key ${id}?`,
  text: 'It ends at once, and no other takes its place. Every card that holds it stops working.',
  none: RENEW.none,
  voids: (count: number) =>
    count === 1
      ? 'This Ewon waits with it and is turned away:'
      : `These ${count} Ewons wait with it and are turned away:`,
  button: 'Revoke the key',
  done: (id: string) => `Revoked: key ${id}.`,
} as const;

export const SWITCH_OFF = {
  title: 'Switch auto-registration off?',
  text: 'No Ewon can ask to join until it is switched on again. Ewons that are approved already stay as they are.',
  none: 'No Ewon waits, so nobody is turned away.',
  voids: (count: number) =>
    count === 1 ? 'This Ewon waits and is turned away:' : `These ${count} Ewons wait and are turned away:`,
  button: 'Switch off',
} as const;
