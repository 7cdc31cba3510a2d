import { assert, suite } from '@ewon-agent/contracts/testing';
import type { Step } from './scenario.ts';
import { wordsOf } from './words.ts';

const WORDED: readonly (readonly [Step, string])[] = [
  [{ do: 'insert', with: { card: 'key', slot: 'usb1' } }, 'insert card key, slot usb1'],
  [
    { do: 'insertAndPull', with: { card: 'key', slot: 'sd0', atRead: 3 } },
    'insert and pull card key, slot sd0, at read 3',
  ],
  [{ do: 'powerCut', with: {} }, 'power cut'],
  [{ do: 'wait', ms: 20 }, 'wait 20 ms'],
  [
    { do: 'expect', seen: { slots: { usb1: { code: 'CARD_GONE' } }, led: 'cardFailed' }, withinMs: 2000 },
    'expect slots usb1 code CARD_GONE, led cardFailed within 2000 ms',
  ],
  [
    { do: 'stays', seen: { events: [{ code: 'UNLINKED', atMost: 0 }] }, forMs: 10 },
    'stays events code UNLINKED, at most 0 for 10 ms',
  ],
];

suite('words of a step', (test) => {
  for (const [step, words] of WORDED) test(words, () => assert.equal(wordsOf(step), words));
});
