import type { Word } from '../tree.ts';

export type LocationOrderName = 'location';

/** Whether this Ewon may be located, as far as that is decided here. */
export const LOCATION_WORDS: readonly Word[] = [
  {
    ...{ word: 'location', help: 'Whether this Ewon may be located', needs: 'privileged', role: 'technician' },
    to: [
      {
        word: 'off',
        help: 'At once: nothing more is read or sent',
        run: { do: 'ask', what: 'location', given: ['off'] },
      },
      { word: 'on', help: 'As far as account and board allow it', run: { do: 'ask', what: 'location', given: ['on'] } },
    ],
  },
];
