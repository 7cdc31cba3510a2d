// The sentences of the section about privacy, which come with it. Otherwise as texts.ts.

export const PRIVACY_TEXTS = {
  on: 'On',
  off: 'Off',
  switchOn: (what: string) => `Switch ${what} on…`,
  switchOff: (what: string) => `Switch ${what} off…`,
  switchedOn: (what: string) => `The account allows ${what} again. Ewons hear of it now.`,
  switchedOff: (what: string) => `${what} is off for the whole account. Ewons hear of it now.`,
  since: (when: string) => `As decided on ${when}.`,
  deviceToo:
    'On one Ewon it can also be switched off there, whatever the account allows; nobody can switch it on from here against that.',

  geolocation: {
    title: 'Geolocation',
    word: 'geolocation',
    is: 'Ewons find out by their connection to the internet where they are, and the map shows it.',
    offTitle: 'Switch geolocation off for all Ewons?',
    offButton: 'Switch geolocation off',
    offText: [
      'No Ewon scans for cells or networks any more, and none stores or sends what would tell its place.',
      'All places that are known are removed from this account now, and the map is empty.',
      'An Ewon that is offline goes on until it comes back and hears of it.',
    ],
    onTitle: 'Switch geolocation on for all Ewons?',
    onButton: 'Switch geolocation on',
    onText: [
      'Every Ewon that is not switched off itself tells by what it is connected, and its place is found and shown.',
      'Places that were removed are not brought back; they are found anew.',
    ],
  },
  remoteManagement: {
    title: 'Remote management',
    word: 'remote management',
    is: 'Security patches are applied automatically (ASPU), and Ewons carry out commands of this account.',
    offTitle: 'Switch remote management off for all Ewons?',
    offButton: 'Switch remote management off',
    offText: [
      'No Ewon looks for or installs patches any more, also those that close a hole. Rollouts reach nobody.',
      'Commands are refused, all but “status” and “identify”.',
      'Registration, the connection and alarms go on as they are.',
    ],
    onTitle: 'Switch remote management on for all Ewons?',
    onButton: 'Switch remote management on',
    onText: [
      'Every Ewon that is not switched off itself takes the patches it lacks, in its maintenance window.',
      'Commands are carried out again.',
    ],
  },

  effect: 'What has come of it',
  noEwons: 'No Ewon is linked yet. The switches count for each from its first minute on.',
  told: 'Ewons are being told…',
  applied: (applied: number, ewons: number) => `${applied} of ${ewons} Ewons have applied it`,
  all: (ewons: number) => (ewons === 1 ? 'The one Ewon has applied it.' : `All ${ewons} Ewons have applied it.`),
  waiting: (count: number) => (count === 1 ? '1 does not go by it yet' : `${count} do not go by it yet`),
  ewon: 'Ewon',
  why: 'Why',
  whys: {
    offline: 'offline, last seen',
    silent: (agent: string) => `does not tell: its agent (${agent}) is too old, or has not said it yet`,
    older: 'online, and still to take it',
  },
  counts: {
    offline: (n: number) => `${n} offline`,
    silent: (n: number) => `${n} that do not tell`,
    older: (n: number) => `${n} still to take it`,
  },
  offThere: (what: string) => `${what}: switched off on the Ewon itself`,
  by: { account: 'by the account', device: 'in its configuration, or at its console', board: 'by hand at the board' },
  more: (count: number) => `and ${count} more: “account policy effect” lists all`,
} as const;
