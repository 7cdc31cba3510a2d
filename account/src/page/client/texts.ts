// The sentences of the page, here and in the texts-*.ts beside it, which come with their sections: nowhere else, so that a second language is one file
// more for each. This one has more than 400 lines because it is a list. Placeholders are functions; values are escaped by whoever shows them.

/** Language of all these texts: that of the document, and by which numbers are written. Times are as ISO 8601 has them, in every language. */
export const LOCALE = 'en';

export const TEXTS = {
  product: 'Ewon account',
  skip: 'Skip to the content',
  nav: 'Sections of this page',
  starting: 'Loading…',
  noScript: 'This page needs JavaScript. Without it, use "account pending" and "account approve" on the server.',
  signOut: 'Sign out',
  cancel: 'Cancel',
  close: 'Close',
  working: 'Working…',
  never: 'never',
  none: '–',

  ago: {
    now: 'just now',
    seconds: (n: number) => `${n} s ago`,
    minutes: (n: number) => `${n} min ago`,
    hours: (n: number) => `${n} h ago`,
    days: (n: number) => (n === 1 ? '1 day ago' : `${n} days ago`),
  },
  holds: {
    over: 'no time',
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (n: number) => `${n} h`,
    days: (n: number) => `${n} days`,
  },
  bytes: (n: number) => `${n} bytes`,

  connection: {
    connecting: 'Connecting…',
    live: 'Live',
    lost: 'Not connected',
    lostLong: 'The connection to the server is lost. What you see may be old; the page tries again by itself.',
    back: 'The connection to the server is back.',
  },

  later: {
    failed: 'This part of the page did not come.',
    again: 'Load the page again',
  },

  /** Titles of sections that come later: their other texts come with them. */
  privacy: 'Privacy',
  users: 'Users and account',
  imports: 'Import from another account',
  mine: 'Your sign-in',
  setUpFirst: 'This account asks you to set up two-factor before you go on.',

  signIn: {
    title: 'Sign in',
    login: 'Login',
    password: 'Password',
    code: 'Code',
    codeHint: 'six digits of your authenticator app, or a recovery code',
    remember: 'Do not ask for a code on this PC for a while',
    newPassword: 'New password',
    newPasswordHint: 'the old one has expired',
    passwordButton: 'Sign in',
    byLink: 'Or by one-time link',
    text: '“account serve” prints a one-time link when it starts, and “account sign-in” makes another. Open that link, or paste it here.',
    label: 'One-time link',
    button: 'Sign in by link',
    empty: 'Paste the link first. It ends in #once=…',
  },

  sessionEnded: {
    title: 'Your session has ended',
    text: 'Sign in again to go on: what you typed is still there.',
    leave: 'Leave the page, and drop what was typed',
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

  /** Of a table on a phone, which has no head to press there. */
  sorting: { by: 'Sort by', turnRound: 'Turn the order round' },

  /** The other texts of these two come with their sections. */
  pending: {
    title: 'Waiting for approval',
    short: 'Waiting',
    /** What follows an action's name, for a screen reader that lists the buttons. */
    of: (serial: string) => ` ${serial}`,
  },
  auto: { title: 'Auto-registration' },

  ewons: {
    title: 'Ewons',
    empty:
      'No Ewon yet. Make a card under “Auto-registration”, put it into an unregistered Ewon; it waits on this page for who may approve it.',
    noMatch: (text: string) => `No Ewon matches “${text}”.`,
    counted: (online: number, all: number) => `${online} of ${all} online`,
    alarms: (count: number) => (count === 1 ? '1 alarm' : `${count} alarms`),
    state: 'State',
    online: 'Online',
    offline: 'Offline',
    notYet: 'Not seen yet',
    unlinked: 'Unlinked by the device',
    quarantined: 'Quarantined: two boards seem to have this identity',
    renewal: 'Asks for a certificate after years',
    name: 'Name',
    pool: 'Pool',
    actions: 'Actions',
    more: (count: number) => `Show more (${count} not shown)`,
  },

  wan: {
    kinds: { ethernet: 'Ethernet', wifi: 'Wi-Fi', cellular: 'Cellular', none: 'No link' },
    states: {
      online: 'online',
      disconnecting: 'in doubt',
      offline: 'offline',
      connecting: 'connecting',
      disabled: 'not watched',
    },
    connectivities: {
      full: 'full',
      limited: 'limited',
      portal: 'behind a sign-in page',
      none: 'no way out',
      unknown: 'unknown',
    },
    inPlaceOf: 'in place of',
    toldLast: 'told last:',
  },

  map: {
    title: 'Map',
    counted: (located: number, all: number) => `${located} of ${all} located`,
    switchedOff:
      'Geolocation is switched off for this account: no Ewon is asked where it is, and no place is kept or shown. Who may change that switches it on under “Privacy”.',
    noEwons: 'No Ewon yet, so there is nothing to show. Make a card under “Auto-registration” first.',
    noPlaces:
      'No Ewon has told where it is yet. An Ewon that may be located tells it once it is online; “ewon-agent policy” at the Ewon says whether it may, and who has decided.',
    offDevice: (count: number, all: number) =>
      `${count} of ${all} Ewons may not be located: switched off on the device (GeolocEnable).`,
    offBoard: (count: number, all: number) =>
      `${count} of ${all} Ewons may not be located: switched off by hand at the board (the file geolocation.off).`,
    offUnknown: (count: number, all: number) =>
      `${count} of ${all} Ewons may not be located yet: they have no policy of this account.`,
    window: (count: number) => `Map of ${count === 1 ? 'one located Ewon' : `${count} located Ewons`}`,
    keys: 'Arrow keys move the map, plus and minus come nearer and go farther away, 0 shows all. The list below the map has the same in words.',
    nearer: 'Nearer',
    farther: 'Farther away',
    all: 'Show all',
    wheelHint: 'Click the map first, or hold Ctrl, to zoom with the wheel.',
    scale: (length: string) => `This long on the map: ${length}`,
    markTitle: (name: string, standing: string) => `${name}: ${standing}`,
    clusterTitle: (count: number, offline: number, alarms: number) =>
      [
        `${count} Ewons`,
        ...(offline > 0 ? [`${offline} offline`] : []),
        ...(alarms > 0 ? [`${alarms} with alarms`] : []),
      ].join(', '),
    together: (count: number) => `${count} Ewons in one place`,
    andMore: (count: number) => `and ${count} more; see the list below`,
    standing: { online: 'Online', offline: 'Offline', alarm: 'Online, alarm', alarmOffline: 'Offline, alarm' },
    place: 'Place',
    accuracy: 'Accuracy',
    within: (length: string) => `within ${length} of this point (95 %)`,
    source: 'Found by',
    sources: {
      gnss: 'Satellites (GNSS)',
      wifi: 'Wi-Fi access points',
      cell: 'Mobile network cells',
      ip: 'Internet address',
    },
    fallbacks: {
      lacf: 'the cell itself is not known; this is the area it belongs to',
      ipf: 'what the Ewon told is not known; this is where its internet address is registered',
    },
    age: 'Told',
    circle: 'A circle: the Ewon is somewhere in it, in 95 of 100 cases.',
    outlines: 'Outlines: Natural Earth.',
    inList: 'Show in the list',
    list: 'The same as a list',
    search: 'Find a located Ewon',
    searchHint: 'name, serial or pool',
    show: 'Show on map',
    more: (count: number) => `Show more (${count} not shown)`,
  },

  patches: {
    title: 'Patches',
    counted: (count: number) => (count === 1 ? '1 published' : `${count} published`),
    none: 'There is no repository of patches yet, so no Ewon is patched by this account. Make one at the server, with a stick for its keys:',
    noneCommand: 'account aspu init --keys /media/stick',
    unpublished: 'The repository is made and not published. Publish it at the server:',
    empty: 'No patch is there yet. Add one at the server:',
    emptyCommand: 'account aspu add FILE --kind ewon-firmware --severity high',
    drafted: (what: string) => `Drafted, and not seen by any Ewon: ${what}.`,
    sign: 'Keys are never on the server, so it is signed where they are:',
    signCommand: 'account aspu sign --key FILE',
    thenPublish: 'Then at the server:',
    publishCommand: 'account aspu publish',
    holds: 'How long it still holds',
    roles: {
      root: 'Who may sign (root)',
      targets: 'List of patches (targets)',
      snapshot: 'Snapshot, signed by the server',
      timestamp: 'Timestamp, signed by the server',
    },
    renew: (role: string) => `soon over: account aspu renew ${role}`,
    severities: { low: 'low', medium: 'medium', high: 'high', critical: 'critical' },
    kinds: { 'ewon-firmware': 'Firmware', agent: 'Agent' },
    states: { published: '', added: 'drafted', revoked: 'is taken back with the next publication' },
    patch: 'Patch',
    severity: 'Severity',
    cves: 'CVEs',
    forWhom: 'For',
    allProducts: 'all products',
    from: (versions: string) => `from ${versions}`,
    requires: (versions: string) => `after ${versions}`,
    size: 'Size',
    ewons: 'Ewons',
    noEwons: 'none yet',
    counts: {
      has: (n: number) => `${n} have it`,
      waits: (n: number) => `${n} wait`,
      failed: (n: number) => `${n} failed`,
      excluded: (n: number) => `${n} excluded`,
      foreign: (n: number) => `${n} of other products`,
      unknown: (n: number) => `${n} have not said yet`,
    },
    is: {
      has: 'Has it',
      waits: 'Waits',
      failed: 'Failed',
      excluded: 'Excluded',
      foreign: 'Not for it',
      unknown: 'Has not said yet',
    },
    doing: { downloading: 'Downloads it', installing: 'Installs it' },
    words: {
      idle: 'current',
      downloading: 'downloading',
      waiting: 'waiting',
      installing: 'installing',
      installed: 'installed',
      failed: 'failed',
    },
    idleWords: { PATCH_OFF: 'off', PATCH_HELD: 'held', PATCH_DENIED: 'denied' },
    hindered: 'hindered',
    open: 'Show Ewons',
    runs: 'Runs',
    why: 'Why',
    told: 'Told',
    comes: 'It takes it by itself, at its next look.',
    notRead: 'It has not read the newest list of patches yet.',
    decided: {
      account: 'The account decided that: “remoteManagement” in its policy.',
      device: 'Switched off in the configuration of the device.',
      board: 'Switched off by hand at the board.',
      unknown: 'It has no policy of this account yet.',
    },
    show: 'Show',
    search: 'Find one of them',
    everyone: 'All Ewons',
    emptyPart: 'No Ewon of that name stands like that.',
    deny: 'Deny…',
    allow: 'Allow…',
    isDenied: 'Denied: no Ewon begins to install it.',
    isHeld: 'Held: only Ewons that a rollout has told install it.',
    denied: (path: string) => `Denied: ${path}. Ewons hear of it now.`,
    allowed: (path: string) => `Allowed: ${path}. Ewons hear of it now.`,
    alsoDenied: 'Denied as well, and not in the repository:',
    rollout: 'Rollout in groups',
    start: 'Start a rollout…',
    started: (path: string) => `The rollout of ${path} has begun.`,
    stop: 'Stop the rollout now',
    stopped:
      'Stopped: nobody more is told, and the policy denies the patch. What is being installed is brought to its end.',
    resume: 'Resume the rollout',
    resumed: 'The rollout goes on; the failures that there were do not count any more.',
    rolloutStates: { running: 'rollout under way', stopped: 'rollout stopped', done: '' },
    rollouts: {
      running: (group: number, groups: number) => `Under way: group ${group} of ${groups} is told.`,
      done: 'All groups were told, and enough Ewons have it.',
      person: 'Stopped by a person. The policy denies the patch until the rollout is resumed.',
      failures:
        'Stopped by itself, because too many Ewons failed. The policy denies the patch until the rollout is resumed.',
    },
    thresholds: (percent: number, failures: number) =>
      `The next group is told when ${percent} % of the last have it; more than ${failures} failed stop it.`,
    forgiven: (count: number) => `${count} failures were forgiven.`,
    group: 'Group',
    groupColumns: {
      installed: 'Have it',
      failed: 'Failed',
      told: 'Told',
      waiting: 'Not told yet',
      passed: 'Passed over',
    },
  },

  denyPatch: {
    title: (path: string) => `Deny ${path}?`,
    text: 'No Ewon begins to install it from the moment on at which it hears of it. What is being installed is brought to its end, and where it is installed it stays.',
    button: 'Deny this patch',
  },

  allowPatch: {
    title: (path: string) => `Allow ${path}?`,
    text: 'Ewons that it is for install it by themselves again, within their window. Where a rollout holds it, only those that are told.',
    button: 'Allow this patch',
  },

  startRollout: {
    title: (path: string) => `Roll out ${path}`,
    text: 'The policy holds the patch, and Ewons are told group by group. Too many failures stop it.',
    first: 'First, by name or serial',
    firstHint: 'a group of its own, as the Ewon on your desk; commas between',
    groups: 'Groups, in percent',
    groupsHint: 'how many have been told with each group; ends with 100',
    success: 'Next group at, in percent',
    successHint: 'how many of a group must have it',
    failures: 'Failures allowed',
    failuresHint: 'one more stops the rollout',
    button: 'Start the rollout',
    unknown: 'No Ewon of this account has this name or serial.',
    unknownNext: 'Write it as the list of Ewons has it.',
  },

  log: {
    title: 'Log',
  },
} as const;
