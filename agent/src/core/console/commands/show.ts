import type { Word } from '../tree.ts';
import { SHOW_USER_WORDS } from './users.ts';

/** What is shown; what of it a running agent tells is the same as its command of that name tells. */
export const SHOWN = [
  ...(['status', 'slots', 'card', 'registration', 'identity', 'wan', 'location', 'patch', 'uplink', 'policy'] as const),
  ...(['log', 'health', 'tech', 'version'] as const),
] as const;
export type Shown = (typeof SHOWN)[number];
export type ShowOrderName = `show ${Shown}`;

const HELP: Readonly<Record<Shown, string>> = {
  status: 'How far registration and uplink have come',
  slots: 'What could be a slot on this board',
  card: 'What is in the slots, and what became of it',
  registration: 'Which account, and what is waited for',
  identity: 'Key and names of this Ewon',
  wan: 'The way to the account, over which link',
  location: 'Whether this Ewon may be located, and the ledger',
  patch: 'Security patches, and what they wait for',
  uplink: 'The connection to the account',
  policy: 'What is allowed, and who decided that',
  log: 'The newest events',
  health: 'How this Ewon is, thing by thing, and what to do',
  tech: 'All of that, one after the other, for support',
  version: 'Version of the agent',
};

export const SHOW_WORDS: readonly Word[] = [
  {
    ...{ word: 'show', help: 'Say how things are' },
    to: [
      ...SHOWN.map(
        (word): Word => ({
          ...{ word, help: HELP[word], run: { do: 'ask', what: `show ${word}` } },
          ...(word === 'tech' && { role: 'technician' }), // the whole configuration is in it
        }),
      ),
      ...SHOW_USER_WORDS,
    ],
  },
];
