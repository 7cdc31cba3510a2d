import type { Word } from '../tree.ts';

export type RegistrationOrderName = 'forget';
const UNLINK = 'This unlinks the Ewon from its account, on both sides.';

/** Joining an account, and leaving it. */
export const REGISTRATION_WORDS: readonly Word[] = [
  {
    ...{ word: 'forget', help: 'Unlink this Ewon from its account', needs: 'privileged', role: 'technician' },
    run: { do: 'ask', what: 'forget', confirm: UNLINK },
  },
];
