/** The texts of imports from another account. */
export const IMPORTS = {
  text: 'Ewons of another account move here while they run. An Administrator of that account has to agree, by his password.',
  begin: 'Import Ewons…',
  empty: 'Nothing was imported yet. You need the address of the page of the other account, and an Administrator of it.',
  title: 'Import from another account',
  step: (n: number, of: number, name: string) => `Step ${n} of ${of}: ${name}`,
  back: 'Back',
  next: 'Next',
  more: (count: number, left: number) => `Show ${count} more of ${left}`,

  source: {
    name: 'the source account',
    text: 'Sign in as an Administrator of the account that the Ewons are in now. The password is used once and not kept. It is impossible while that account enforces two-factor.',
    url: 'Address of its page',
    urlHint: 'https://host:port',
    login: 'Login there',
    password: 'Password there',
    ca: 'Certificate of its authority',
    caHint: 'a PEM file; only where its certificate is not a public one',
    button: 'Sign in and list its Ewons',
  },

  pool: {
    name: 'the pool',
    text: (source: string) => `Which pool do the Ewons of ${source} go to?`,
    existing: 'A pool of this account',
    fresh: 'A new pool',
    pool: 'Pool',
    freshName: 'Name of the new pool',
    permissions: 'Pools and permissions of the other account do not come. Who sees this pool sees the Ewons.',
  },

  choose: {
    name: 'what moves',
    text: 'Only Ewons with a serial number and an active registration can move. One that is switched off moves when it is back, within 30 days.',
    none: 'None of the Ewons of that account can move now. Below is why.',
    empty: 'That account has no Ewons.',
    all: 'Select all',
    select: (name: string) => `Select ${name}`,
    ewon: 'Ewon',
    serial: 'Serial',
    here: 'Name here',
    hereOf: (name: string) => `Name here of ${name}`,
    taken: 'The name is in use here; another is proposed.',
    table: 'Ewons that can move',
    staying: (count: number) => (count === 1 ? '1 Ewon stays where it is' : `${count} Ewons stay where they are`),
    why: 'Why',
    nothing: 'Select at least one Ewon.',
    /** Why one stays, where it is more than its code says; by code. */
    stays: {
      UNLINKED: 'It is not linked: its device has forgotten that account.',
      MOVE_SENT: 'It is to move to another account already.',
      RENEWAL_PENDING: 'Its certificate ended; a person there decides about a new one first.',
    },
  },

  confirm: {
    name: 'confirm',
    summary: (count: number, from: string, to: string) =>
      `${count === 1 ? '1 Ewon moves' : `${count} Ewons move`} from ${from} to pool ${to}.`,
    warnings: [
      'This cannot be undone: only the other way round, by an import over there.',
      'Each Ewon disconnects for a moment while it moves.',
      'Users, pools, permissions, descriptions and custom fields of the source do not come.',
    ],
    button: (count: number) => (count === 1 ? 'Move 1 Ewon' : `Move ${count} Ewons`),
  },

  result: {
    name: 'result',
    progress: (moved: number, of: number) => `${moved} of ${of} moved`,
    waiting: (count: number) => `${count} waiting`,
    failed: (count: number) => `${count} not moved`,
    text: 'You can close this: it goes on by itself, and Ewons that are switched off move when they are back.',
    table: 'Ewons of this import',
    state: 'State',
    trouble: 'The source account could not be asked; it is tried again:',
    states: {
      listed: 'Listed',
      waiting: 'Waiting for its account to order it',
      ordered: 'Waiting for the Ewon',
      moved: 'Moved',
      failed: 'Not moved',
      stayed: 'Stays where it was',
    },
    end: 'End this import',
    endTitle: 'End this import?',
    endText: 'Ewons that have not moved stay where they are. Those that have moved stay here.',
    ended: (name: string) => `The import from ${name} was ended.`,
  },

  list: {
    source: 'From',
    pool: 'To pool',
    state: 'State',
    started: 'Started',
    states: { listed: 'Not started', running: 'Under way', done: 'Done', ended: 'Ended' },
    show: 'Show',
    of: (name: string) => ` the import from ${name}`,
    table: 'Imports',
  },
} as const;
