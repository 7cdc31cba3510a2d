import { parseSlotId, type SlotId } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { changesBetween } from './slot-changes.ts';

const SD0 = assertOk(parseSlotId('sd0'));
const USB1 = assertOk(parseSlotId('usb1'));
const stays = (...entries: readonly (readonly [SlotId, string])[]) => new Map(entries);
const words = (before: ReadonlyMap<SlotId, string>, now: ReadonlyMap<SlotId, string>) =>
  changesBetween(before, now).map((change) =>
    change.on === 'CardInserted' ? `${change.slot} in ${change.insertion}` : `${change.slot} out`,
  );

suite('slot changes', (test) => {
  test('a card that stays is no change', () => assert.deepEqual(words(stays([SD0, 'a']), stays([SD0, 'a'])), []));
  test('a card that came is inserted', () => assert.deepEqual(words(stays(), stays([SD0, 'a'])), ['sd0 in a']));
  test('a card that left is removed', () => assert.deepEqual(words(stays([SD0, 'a']), stays()), ['sd0 out']));
  test('another card is removed, then inserted', () => {
    assert.deepEqual(words(stays([SD0, 'a']), stays([SD0, 'b'])), ['sd0 out', 'sd0 in b']);
  });
  test('slots do not disturb each other', () => {
    assert.deepEqual(words(stays([SD0, 'a']), stays([USB1, 'a'], [SD0, 'c'])), ['sd0 out', 'sd0 in c', 'usb1 in a']);
  });
});
