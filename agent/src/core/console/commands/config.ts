import type { Word } from '../tree.ts';

/** What can be typed while the configuration is being changed. */
export const CONFIG_WORDS: readonly Word[] = [
  { word: 'exit', help: 'Back to privileged mode', run: { do: 'exit' } },
  { word: 'help', help: 'How to use the console', run: { do: 'help' } },
];
