import type { Prompt, Word } from '../tree.ts';

export type RegistrationOrderName = 'forget' | 'register' | 'register move' | 'wizard';

const UNLINK = 'This unlinks the Ewon from its account, on both sides.';
const MOVE = 'This unlinks the Ewon from its present account, and then asks the other one.';
const KEY: readonly Prompt[] = [{ label: 'Key', isSecret: true }];
/** In this order they are given, on the console and on the command line. */
export const WIZARD_PROMPTS: readonly Prompt[] = [
  { label: 'Account' },
  { label: 'User' },
  { label: 'Password', isSecret: true },
  { label: 'Two-factor code (Enter for none)', isSecret: true },
  { label: 'Ewon name' },
];

/** Joining an account, and leaving it. */
export const REGISTRATION_WORDS: readonly Word[] = [
  {
    ...{ word: 'forget', help: 'Unlink this Ewon from its account', needs: 'privileged', role: 'technician' },
    run: { do: 'ask', what: 'forget', confirm: UNLINK },
  },
  {
    ...{
      word: 'register',
      help: 'Ask the account with a key, as a card does',
      needs: 'privileged',
      role: 'technician',
    },
    run: { do: 'ask', what: 'register', prompts: KEY },
    to: [
      {
        ...{ word: 'move', help: 'Leave the present account for it' },
        run: { do: 'ask', what: 'register move', prompts: KEY, confirm: MOVE },
      },
    ],
  },
  {
    ...{ word: 'wizard', help: 'Join as a user of the account, at once', needs: 'privileged', role: 'technician' },
    run: { do: 'ask', what: 'wizard', prompts: WIZARD_PROMPTS },
  },
];
