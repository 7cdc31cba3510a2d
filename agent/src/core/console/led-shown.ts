import type { LedPattern } from '@ewon-agent/contracts';

// Apart from the commands of the console: each agent holds this, and most never have a console.

/** What `test led` shows, and what each of it means to who sees it. */
export const LED_SHOWN: readonly { readonly pattern: LedPattern; readonly text: string }[] = [
  { pattern: 'off', text: 'dark' },
  { pattern: 'running', text: 'green, blinking each second: nothing in the slots' },
  { pattern: 'cardSeen', text: 'orange, blinking fast: a card was seen' },
  { pattern: 'cardWorking', text: 'orange, blinking slowly: do not pull the card' },
  { pattern: 'cardOk', text: 'green, steady: the card is done and may be pulled' },
  { pattern: 'cardFailed', text: 'red, steady: the card failed' },
  { pattern: 'identify', text: 'green, flickering: somebody looks for this Ewon' },
];
