import type { Word } from '../tree.ts';

export type PatchOrderName = 'patch confirm' | 'patch download';

export const PATCH_WORDS: readonly Word[] = [
  {
    ...{ word: 'patch', help: 'Security patches', needs: 'privileged', role: 'technician' },
    to: [
      { word: 'confirm', help: 'Say yes to the patch that waits', run: { do: 'ask', what: 'patch confirm' } },
      { word: 'download', help: 'Look for patches now, and bring them', run: { do: 'ask', what: 'patch download' } },
    ],
  },
];
