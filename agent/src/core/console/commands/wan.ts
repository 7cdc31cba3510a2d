import type { Word } from '../tree.ts';

export type WanOrderName = 'wan drill';

export const WAN_WORDS: readonly Word[] = [
  {
    ...{ word: 'wan', help: 'The way to the account', needs: 'privileged', role: 'technician' },
    to: [{ word: 'drill', help: 'Prove the way over each link', run: { do: 'ask', what: 'wan drill' } }],
  },
];
