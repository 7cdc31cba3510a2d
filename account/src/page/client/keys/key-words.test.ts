import { assert, suite } from '@ewon-agent/contracts/testing';
import { dayOf, endOf, endOfDay, isUsable, isUsedUp, unfitCharacter } from './key-words.ts';

const NOW = Date.parse('2026-11-26T12:00:00.000Z');
const at = (days: number) => new Date(NOW + days * 86_400_000).toISOString() as never;

suite('how keys are said', (test) => {
  test('an end is said as the time that is left, or that it is over', () => {
    assert.deepEqual(
      [null, at(12), at(-3)].map((end) => endOf(end, NOW)),
      ['never', 'in 12 days', 'ended 3 days ago'],
    );
  });

  test('a key is usable while it is active and has not ended; used up counts those that wait', () => {
    const usable = (state: 'active' | 'revoked', expiresAt: never | null) => isUsable({ state, expiresAt }, NOW);
    assert.deepEqual([usable('active', null), usable('active', at(1)), usable('active', at(-1))], [true, true, false]);
    assert.equal(usable('revoked', null), false);
    assert.equal(isUsedUp({ uses: 3, pending: 1, usesMax: 4 }), true);
    assert.equal(isUsedUp({ uses: 3, pending: 1, usesMax: 5 }), false);
    assert.equal(isUsedUp({ uses: 3000, pending: 1, usesMax: null }), false);
  });

  test('a day of a form ends with its last second, and is the same day again', () => {
    assert.deepEqual([endOfDay(''), dayOf(null)], [null, '']);
    const end = endOfDay('2027-01-31');
    assert.equal(dayOf(end), '2027-01-31');
    assert.equal(new Date(end ?? '').getHours(), 23);
  });

  test('the character that no card can hold is named, whole', () => {
    assert.equal(unfitCharacter('Line 7 ~!'), undefined);
    assert.equal(unfitCharacter('Zürich'), 'ü');
    assert.equal(unfitCharacter('a\u{1f600}b'), '\u{1f600}');
    assert.equal(unfitCharacter('a\tb'), '\t');
  });
});
