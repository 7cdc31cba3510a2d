// Every sentence of the page, in one place. Placeholders are functions; values are escaped by whoever shows them.

export const TEXTS = {
  product: 'Ewon account',
  skip: 'Skip to the content',
  nav: 'Sections of this page',
  starting: 'Loading…',
  signOut: 'Sign out',
  cancel: 'Cancel',
  close: 'Close',
  working: 'Working…',
  never: 'never',
  none: '–',

  connection: {
    connecting: 'Connecting…',
    live: 'Live',
    lost: 'Not connected',
    lostLong: 'The connection to the server is lost. What you see may be old; the page tries again by itself.',
    back: 'The connection to the server is back.',
  },

  signIn: {
    title: 'Sign in',
    text: 'The page opens with a one-time link, which “account serve” prints when it starts and “account sign-in” makes anew. Open that link, or paste it here.',
    label: 'One-time link',
    button: 'Sign in',
    empty: 'Paste the link first. It ends in #once=…',
  },

  problem: {
    next: 'Next step:',
    unreachable: {
      code: 'ACCOUNT_UNREACHABLE',
      title: 'The account server does not answer.',
      next: 'Check that “account serve” is running, and the tunnel to it if there is one.',
    },
    unknown: {
      code: 'ACCOUNT_ERROR',
      title: 'The server answered in a form this page does not know.',
      next: 'Reload the page; if it stays, look at the log of the account server.',
    },
  },

  pending: {
    title: 'Waiting for approval',
    short: 'Waiting',
    empty: 'No Ewon waits. Put a card with this account’s key into an unregistered Ewon.',
    emptyOff: 'No Ewon waits, and none can ask: auto-registration is switched off. Switch it on below.',
    counted: (count: number) =>
      count === 0 ? '' : count === 1 ? '1 Ewon waits for approval.' : `${count} Ewons wait for approval.`,
    asked: 'asked',
    note: 'Note on the card',
    noNote: 'no note on the card',
    fingerprint: 'Key fingerprint',
    fingerprintHint: 'must be the same on the Ewon’s console',
    network: 'Network',
    key: 'Registration key',
    model: 'Model',
    firmware: 'Firmware',
    agent: 'Agent',
    replaceKnown: (name: string) => `The Ewon “${name}” has this serial number. Replacing it is proposed.`,
    replaceUnknown: 'An Ewon with this serial number exists. Replacing it is proposed.',
    approve: 'Approve',
    replace: 'Replace an existing Ewon',
    reject: 'Reject',
    approved: (name: string) => `Approved: ${name}. It goes online by itself.`,
    replaced: (name: string) => `Replaced: the new Ewon is ${name} now. It goes online by itself.`,
    rejected: (count: number) => (count === 1 ? 'Rejected: one Ewon.' : `Rejected: ${count} Ewons.`),
    /** What follows an action's name, for a screen reader that lists the buttons. */
    of: (serial: string) => ` ${serial}`,
  },

  approve: {
    title: (serial: string) => `Approve ${serial}`,
    compare: 'Compare the key fingerprint with the one on the Ewon’s console:',
    name: 'Name',
    pool: 'Pool',
    description: 'Description',
    custom: (n: number) => `Custom field ${n}`,
    button: 'Approve this Ewon',
  },

  replace: {
    title: (serial: string) => `Replace an Ewon with ${serial}`,
    choose: 'Which Ewon does it take the place of?',
    proposed: 'proposed: same serial number',
    none: 'No Ewon can be replaced: only one that is offline can. Approve this one as a new Ewon, or switch the old one off first.',
    online: 'Ewons that are online are not listed: switch the old one off first.',
    lastSeen: (when: string) => `last seen ${when}`,
    what: (name: string) => `What will happen to “${name}”:`,
    moves: (pool: string) => `Its name, pool (${pool}), description and custom fields move to the new Ewon.`,
    revoked: 'The certificate of the old device is revoked. It cannot connect again with it.',
    undone: 'This cannot be undone.',
    button: (name: string) => `Replace “${name}”`,
    buttonNone: 'Replace',
  },

  reject: {
    title: (serial: string) => `Reject ${serial}`,
    text: 'A rejected Ewon does not ask again until somebody puts the card in again.',
    which: 'What to reject',
    one: 'Only this Ewon',
    byKey: (count: number, grkId: string) => `All ${count} waiting Ewons that came with the key ${grkId}`,
    byNetwork: (count: number, network: string) => `All ${count} waiting Ewons from the network ${network}`,
    button: 'Reject',
  },

  ewons: {
    title: 'Ewons',
    empty: 'No Ewon yet. Make a card under “Auto-registration”, put it into an unregistered Ewon, and approve it here.',
    search: 'Find an Ewon',
    searchHint: 'name, serial, pool or description',
    noMatch: (text: string) => `No Ewon matches “${text}”.`,
    counted: (online: number, all: number) => `${online} of ${all} online`,
    state: 'State',
    online: 'Online',
    offline: 'Offline',
    notYet: 'Not seen yet',
    unlinked: 'Unlinked by the device',
    name: 'Name',
    serial: 'Serial',
    firmware: 'Firmware',
    agent: 'Agent',
    pool: 'Pool',
    lastSeen: 'Last seen',
    custom: 'Custom fields',
    actions: 'Actions',
    remove: 'Remove',
    removed: (name: string) => `Removed: ${name}.`,
  },

  remove: {
    title: (name: string) => `Remove “${name}”?`,
    text: (serial: string) =>
      `The Ewon ${serial} is unlinked from this account: its certificate is revoked, and it stops sending. To come back it needs a card and an approval again.`,
    button: 'Remove this Ewon',
  },

  auto: {
    title: 'Auto-registration',
    text: 'An Ewon with a card that holds this key asks to join this account. Nobody joins without an approval here.',
    on: 'Auto-registration is on',
    off: 'Auto-registration is off',
    switchOn: 'Switch on',
    switchOff: 'Switch off',
    pool: 'Pool for new Ewons',
    poolSaved: (pool: string) => `New Ewons go to ${pool}.`,
    switchedOn: 'Auto-registration is on.',
    switchedOff: 'Auto-registration is off.',
    key: 'Registration key',
    keyId: 'Key id',
    keyHint: 'The key itself is a secret: whoever has it can ask to join.',
    made: 'Made',
    importedAt: 'Imported',
    importedKey: (grkId: string) => `${grkId} (imported)`,
    expires: 'Expires',
    noKey: 'There is no valid key, so no card works.',
    show: 'Show key',
    hide: 'Hide key',
    copy: 'Copy',
    copied: 'The key is in the clipboard.',
    renew: 'Renew…',
    renewed: (grkId: string) => `The key ${grkId} was renewed. Cards that hold it no longer work.`,
    exportTitle: 'Make a card',
    exportText: 'Write the image to an SD card or USB drive, or put T2M.txt on a FAT32 one yourself.',
    exportNote: 'Note',
    exportNoteHint: 'at most 140 plain characters; shown here when the Ewon asks',
    exportBad: 'The note may hold plain English letters, digits and signs only, at most 140.',
    exportReceipt: 'The Ewon writes the outcome onto the card, as RESULT.TXT (image only)',
    exportWipe: 'The Ewon wipes the key from the card once it is linked (image only)',
    exportImage: 'Download card image',
    exportTxt: 'Download T2M.txt',
    exported: (file: string) => `Downloaded ${file}.`,
    importTitle: 'Use a key of another account',
    importText: 'A card written by Ecatcher works here when its key is imported.',
    importKey: 'Key (A01-…)',
    importNote: 'Note',
    importButton: 'Import',
    imported: (grkId: string) => `The key ${grkId} is valid here now.`,
  },

  pools: {
    title: 'Pools',
    name: 'New pool',
    add: 'Add pool',
    added: (pool: string) => `Added: pool ${pool}.`,
    remove: 'Remove',
    removed: (pool: string) => `Removed: pool ${pool}.`,
  },

  renew: {
    title: 'Renew the registration key?',
    text: 'The old key is revoked at once. Every card that holds it stops working and must be written again. Ewons that are approved already stay as they are.',
    none: 'No Ewon waits with this key, so nobody is turned away.',
    voids: (count: number) =>
      count === 1
        ? 'This Ewon waits with the old key and is turned away:'
        : `These ${count} Ewons wait with the old key and are turned away:`,
    button: 'Renew the key',
  },

  switchOff: {
    title: 'Switch auto-registration off?',
    text: 'No Ewon can ask to join until it is switched on again. Ewons that are approved already stay as they are.',
    none: 'No Ewon waits, so nobody is turned away.',
    voids: (count: number) =>
      count === 1 ? 'This Ewon waits and is turned away:' : `These ${count} Ewons wait and are turned away:`,
    button: 'Switch off',
  },

  log: {
    title: 'Log',
    empty: 'Nothing has happened yet. Every request, decision and message of an Ewon will stand here.',
    emptyKind: 'Nothing of this kind has happened yet.',
    form: 'View',
    detailed: 'Detailed',
    raw: 'Raw',
    kind: 'Show',
    exportCsv: 'Export .csv',
    exportText: 'Export as text',
    time: 'Time',
    name: 'Name',
    subject: 'Who',
    kindColumn: 'Kind',
    event: 'Event',
    more: 'Show older lines',
  },
} as const;

/** The kinds of log lines, as the filter names them; the empty one is all of them. */
export const LOG_FILTERS = {
  '': 'Everything',
  user: 'User messages',
  error: 'Errors',
  message: 'Other messages',
} as const;
/** The kinds of log lines, as one line is called. */
export const LOG_KINDS: Readonly<Record<string, string>> = { user: 'User message', error: 'Error', message: 'Message' };
