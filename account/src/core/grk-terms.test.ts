import { DAY_MS, timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { termsAnew } from './grk-terms.ts';

const NOW = Date.parse('2026-11-26T12:00:00.000Z');
const at = (days: number) => timestampOf(NOW + days * DAY_MS);

suite('the terms of a key that takes the place of another', (test) => {
  const ends = [
    { what: 'none: none', created: -40, was: null, is: null },
    { what: 'to come: the same', created: -40, was: 5, is: 5 },
    { what: 'over: the same span again', created: -40, was: -10, is: 30 },
    { what: 'over this moment: the same span again', created: -40, was: 0, is: 40 },
    { what: 'before the key was made: a day', created: -40, was: -50, is: 1 },
  ];
  for (const { what, created, was, is } of ends) {
    test(`an end, ${what}`, () => {
      const old = { createdAt: at(created), expiresAt: was === null ? null : at(was), usesMax: 7 };
      assert.deepEqual(termsAnew(old, NOW), { usesMax: 7, expiresAt: is === null ? null : at(is) });
    });
  }
});
