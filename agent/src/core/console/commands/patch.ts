import { DEFER_HOURS } from '../../patch-gates.ts';
import type { Word } from '../tree.ts';
import { numberFrom } from './terminal.ts';

export type PatchOrderName = 'patch confirm' | 'patch download' | 'patch install' | 'patch defer';

const NOW = 'This installs the patch now, whatever the window says; the Ewon or the agent may start again.';

export const PATCH_WORDS: readonly Word[] = [
  {
    ...{ word: 'patch', help: 'Security patches', needs: 'privileged', role: 'technician' },
    to: [
      { word: 'confirm', help: 'Say yes to the patch that waits', run: { do: 'ask', what: 'patch confirm' } },
      {
        ...{ word: 'defer', help: 'Put the patch that waits off, by default a day' },
        run: { do: 'ask', what: 'patch defer', given: [`${DEFER_HOURS.usual}`] },
        value: { ...numberFrom(DEFER_HOURS.min, DEFER_HOURS.max, 'Hours'), run: { do: 'ask', what: 'patch defer' } },
      },
      { word: 'download', help: 'Look for patches now, and bring them', run: { do: 'ask', what: 'patch download' } },
      {
        ...{ word: 'install', help: 'Install the patch that waits for its window' },
        run: { do: 'ask', what: 'patch install', confirm: NOW },
      },
    ],
  },
];
